// DESIGN
// hiredis' parser without its connections and its redisReply: it calls back for each element, which is put straight
// into our Reply. It keeps pointers to the arrays it is inside of. These stay valid while elements are added, because
// only the innermost array grows and none of its elements is an array that is still being filled.
#include "adapters/redis/redis_codec.h"

#include <hiredis/hiredis.h>

#include <cstdlib>

namespace tintype::redis {
namespace {

constexpr std::size_t kKeptBuffer = std::size_t{256} << 10;  // hiredis gives back what is more once it is unused

ReplyReader& reader_of(const redisReadTask* task) {
  return *static_cast<ReplyReader*>(task->privdata);
}

// A null pointer ends the parsing with an error.
void* make_string(const redisReadTask* task, char* text, std::size_t length) {
  Reply* const reply =
      reader_of(task).add(task, task->type == REDIS_REPLY_ERROR ? Reply::Type::Error : Reply::Type::Text);
  if (reply != nullptr) reply->text.assign(text, length);
  return reply;
}

void* make_array(const redisReadTask* task, int /*elements: the server's word, not to be reserved*/) {
  return reader_of(task).add(task, Reply::Type::Array);
}

void* make_integer(const redisReadTask* task, long long value) {
  Reply* const reply = reader_of(task).add(task, Reply::Type::Integer);
  if (reply != nullptr) reply->integer = value;
  return reply;
}

void* make_nil(const redisReadTask* task) {
  return reader_of(task).add(task, Reply::Type::Nil);
}

void free_nothing(void* /*reply: belongs to the reader*/) {}

// hiredis wants it writable, but only reads it.
redisReplyObjectFunctions make_reply = {make_string, make_array, make_integer, make_nil, free_nothing};

tl::unexpected<Error> broken(std::string why) {
  return fail(ErrorCode::StoreUnavailable, "the store is not available; try again later",
              "redis sent what cannot be read: " + std::move(why));
}

}  // namespace

void append_command(const Command& command, std::string& out) {
  if (command.empty()) std::abort();
  std::vector<const char*> texts;
  std::vector<std::size_t> lengths;
  for (const std::string& argument : command) {
    texts.push_back(argument.data());
    lengths.push_back(argument.size());
  }
  char* bytes = nullptr;
  const int length = redisFormatCommandArgv(&bytes, static_cast<int>(command.size()), texts.data(), lengths.data());
  if (length < 0) std::abort();  // out of memory
  out.append(bytes, static_cast<std::size_t>(length));
  redisFreeCommand(bytes);
}

ReplyReader::ReplyReader(Limits limits) : limits_(limits), reader_(redisReaderCreateWithFunctions(&make_reply)) {
  if (!reader_) std::abort();  // out of memory
  reader_->privdata = this;
  reader_->maxbuf = kKeptBuffer;
}

Result<void> ReplyReader::feed(std::string_view bytes) {
  unused_bytes_ += bytes.size();
  if (redisReaderFeed(reader_.get(), bytes.data(), bytes.size()) != REDIS_OK) return broken(reader_->errstr);
  return {};
}

Result<std::optional<Reply>> ReplyReader::next() {
  void* made = nullptr;
  if (redisReaderGetReply(reader_.get(), &made) != REDIS_OK)
    return broken(elements_ > limits_.elements ? "a reply with too many elements" : reader_->errstr);
  if (made == nullptr) {
    if (unused_bytes_ > limits_.bytes) return broken("a reply that is too long");
    return std::nullopt;
  }
  unused_bytes_ = reader_->len - reader_->pos;
  elements_ = 0;
  return std::exchange(root_, Reply{});
}

Reply* ReplyReader::add(const redisReadTask* task, Reply::Type type) {
  if (++elements_ > limits_.elements) return nullptr;
  Reply* reply = &root_;
  if (task->parent != nullptr) reply = &static_cast<Reply*>(task->parent->obj)->elements.emplace_back();
  reply->type = type;
  return reply;
}

}  // namespace tintype::redis
