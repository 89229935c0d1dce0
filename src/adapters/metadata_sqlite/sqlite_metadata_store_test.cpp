#include "adapters/metadata_sqlite/sqlite_metadata_store.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/fsuid.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "base/unique_fd.h"
#include "tests/support/record_maker.h"
#include "tests/support/stored_record.h"
#include "tests/support/temp_directory.h"

namespace tintype {
namespace {

using testing::HasSubstr;
using testing_support::add_record;
using testing_support::describe;
using testing_support::RecordMaker;
using testing_support::TempDirectory;

Deadline soon() {
  return Deadline::after(std::chrono::seconds(30));
}

class SqliteMetadataStoreTest : public testing::Test {
 protected:
  std::unique_ptr<SqliteMetadataStore> open() const { return SqliteMetadataStore::open(file_).value(); }
  Error error_of_open() const {
    const auto opened = SqliteMetadataStore::open(file_);
    return opened ? Error{ErrorCode::Internal, "it opened"} : opened.error();
  }

  TempDirectory directory_;
  std::filesystem::path file_ = directory_.path() / "metadata.db";
  RecordMaker maker_;
};

// While alive, this thread has no more right to files than anybody, also if it is root's.
class WithoutPrivileges {
 public:
  WithoutPrivileges() : user_(::setfsuid(kNobody)) {}
  ~WithoutPrivileges() { ::setfsuid(static_cast<uid_t>(user_)); }
  WithoutPrivileges(const WithoutPrivileges&) = delete;
  WithoutPrivileges& operator=(const WithoutPrivileges&) = delete;

 private:
  static constexpr uid_t kNobody = 65534;
  int user_;
};

// While alive, no file of this process grows beyond `bytes`: a disk without room.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{.rlim_cur = bytes, .rlim_max = before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    static_cast<void>(std::signal(SIGXFSZ, handler_));
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  void (*handler_)(int);
  rlimit before_{};
};

TEST_F(SqliteMetadataStoreTest, RecordsAndJournalSurviveReopen) {
  const ImageRecord record = maker_.next_full();
  const ImageRecord deleted = maker_.next();
  {
    auto store = open();
    ASSERT_TRUE(add_record(*store, record, soon()));
    ASSERT_TRUE(add_record(*store, deleted, soon()));
    ASSERT_TRUE(store->begin_deletion(deleted.image_id, deleted.updated_at, soon()));
  }
  auto store = open();
  EXPECT_EQ(describe(store->find(record.image_id, soon()).value()), describe(record));
  EXPECT_EQ(store->due_deletions(deleted.updated_at, 10, soon()).value().at(0).image_id, deleted.image_id);
}

// In a child process: inserts from four threads and tells each id through `pipe` once it has been acknowledged.
[[noreturn]] void insert_until_killed(const std::filesystem::path& file, int pipe) {
  auto store = SqliteMetadataStore::open(file).value();
  const auto insert_for_ever = [&](int thread) {
    RecordMaker maker("user" + std::to_string(thread));
    for (;;) {
      const ImageRecord record = maker.next_tagged({"t"});
      if (!add_record(*store, record, Deadline::never())) ::_exit(1);
      const std::string line = record.image_id.text() + "\n";
      if (::write(pipe, line.data(), line.size()) != static_cast<ssize_t>(line.size())) ::_exit(2);
    }
  };
  std::vector<std::thread> threads;
  for (int i = 1; i < 4; ++i) threads.emplace_back(insert_for_ever, i);
  insert_for_ever(0);
  ::_exit(3);
}

// Reads lines until there are `wanted` or, with 0, to the end.
void read_ids(std::FILE* from, std::size_t wanted, std::vector<ImageId>& ids) {
  std::array<char, 64> line{};
  while ((wanted == 0 || ids.size() < wanted) && std::fgets(line.data(), line.size(), from) != nullptr) {
    ids.push_back(ImageId::parse(std::string_view(line.data(), std::strcspn(line.data(), "\n"))).value());
  }
}

TEST_F(SqliteMetadataStoreTest, KilledProcessLeavesEveryAcknowledgedRecord) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) insert_until_killed(file_, ends[1]);
  ::close(ends[1]);
  std::FILE* const acknowledged = ::fdopen(ends[0], "r");
  std::vector<ImageId> ids;
  read_ids(acknowledged, 300, ids);
  EXPECT_EQ(::kill(child, SIGKILL), 0);
  read_ids(acknowledged, 0, ids);
  std::fclose(acknowledged);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status));

  EXPECT_GE(ids.size(), 300u);
  auto store = open();
  for (const ImageId& id : ids) EXPECT_TRUE(store->find(id, soon())) << id.text();
}

TEST_F(SqliteMetadataStoreTest, FullDiskIsStoreUnavailableAndTheStoreRecovers) {
  auto store = open();
  std::vector<ImageRecord> kept = {maker_.next_full()};
  ASSERT_TRUE(add_record(*store, kept[0], soon()));
  std::optional<ImageRecord> lost;
  {
    const FileSizeLimit no_room(std::filesystem::file_size(file_.string() + "-wal") + 40'000);
    while (!lost) {
      const ImageRecord record = maker_.next_full();
      const auto inserted = add_record(*store, record, soon());
      if (inserted) kept.push_back(record);
      if (inserted) continue;
      EXPECT_EQ(inserted.error().code, ErrorCode::StoreUnavailable) << to_string(inserted.error());
      lost = record;
    }
    EXPECT_TRUE(store->find(kept[0].image_id, soon()));
  }
  ASSERT_TRUE(add_record(*store, kept.emplace_back(maker_.next_full()), soon()));
  store = nullptr;
  store = open();
  for (const ImageRecord& record : kept) EXPECT_TRUE(store->find(record.image_id, soon()));
  EXPECT_EQ(store->find(lost->image_id, soon()).error().code, ErrorCode::NotFound);
}

TEST_F(SqliteMetadataStoreTest, TwoStoresShareOneFile) {
  auto first = open();
  auto second = open();
  const auto insert_many = [](MetadataStore& store, MetadataStore& other, const char* owner) {
    RecordMaker maker(owner);
    for (int i = 0; i < 50; ++i) {
      const ImageRecord record = maker.next();
      const auto inserted = add_record(store, record, soon());
      EXPECT_TRUE(inserted) << to_string(inserted.error());
      EXPECT_TRUE(other.find(record.image_id, soon()));
    }
  };
  std::thread ann([&] { insert_many(*first, *second, "ann"); });
  insert_many(*second, *first, "bob");
  ann.join();
}

TEST_F(SqliteMetadataStoreTest, NewFileOpenedManyTimesAtOnceIsSetUpOnce) {
  std::vector<std::thread> threads;
  threads.reserve(8);
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([this] {
      const auto store = SqliteMetadataStore::open(file_);
      EXPECT_TRUE(store) << to_string(store.error());
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(SqliteMetadataStoreTest, FileOfNewerProgramIsRefused) {
  open().reset();
  ASSERT_TRUE(
      sqlite::Connection::open_read_write(file_, std::chrono::seconds(1)).value()->execute("PRAGMA user_version = 99"));
  EXPECT_EQ(error_of_open().code, ErrorCode::StoreUnavailable);
  EXPECT_THAT(error_of_open().detail, HasSubstr("run the newer program"));
}

TEST_F(SqliteMetadataStoreTest, DirectoryThatMayNotBeWrittenIsNamedInTheError) {
  std::filesystem::permissions(directory_.path(), std::filesystem::perms(0555));
  const WithoutPrivileges nobody;
  const Error error = error_of_open();
  EXPECT_EQ(error.code, ErrorCode::StoreUnavailable);
  EXPECT_THAT(error.detail, HasSubstr(file_.string()));
  EXPECT_THAT(error.public_message, testing::Not(HasSubstr(file_.string())));
}

TEST_F(SqliteMetadataStoreTest, FileThatMayNotBeWrittenIsNamedInTheError) {
  open().reset();
  std::filesystem::permissions(directory_.path(), std::filesystem::perms(0555));
  std::filesystem::permissions(file_, std::filesystem::perms(0444));
  const WithoutPrivileges nobody;
  const Error error = error_of_open();
  EXPECT_EQ(error.code, ErrorCode::StoreUnavailable);
  EXPECT_THAT(error.detail, testing::AllOf(HasSubstr(file_.string()), HasSubstr("no permission to write")));
}

TEST_F(SqliteMetadataStoreTest, MissingDirectoryIsNamedInTheError) {
  file_ = directory_.path() / "missing" / "metadata.db";
  EXPECT_EQ(error_of_open().code, ErrorCode::StoreUnavailable);
  EXPECT_THAT(error_of_open().detail, HasSubstr(file_.string()));
}

TEST_F(SqliteMetadataStoreTest, FileThatIsNoDatabaseIsStoreUnavailable) {
  std::ofstream(file_) << std::string(8192, 'x');
  EXPECT_EQ(error_of_open().code, ErrorCode::StoreUnavailable);
  EXPECT_THAT(error_of_open().detail, HasSubstr("not a database"));
}

TEST_F(SqliteMetadataStoreTest, DeletedImageLeavesNoTagsBehind) {
  auto store = open();
  const ImageRecord record = maker_.next_tagged({"a", "b"});
  ASSERT_TRUE(add_record(*store, record, soon()));
  ASSERT_TRUE(store->begin_deletion(record.image_id, record.updated_at, soon()));
  auto reader = sqlite::Connection::open_read_only(file_).value();
  auto left = reader->statement("SELECT count(*) FROM image_tags").value();
  ASSERT_TRUE(left.step().value());
  EXPECT_EQ(left.integer(0), 0);
}

TEST_F(SqliteMetadataStoreTest, DamagedRowIsStoreUnavailable) {
  auto store = open();
  const ImageRecord record = maker_.next();
  ASSERT_TRUE(add_record(*store, record, soon()));
  auto other = sqlite::Connection::open_read_write(file_, std::chrono::seconds(5)).value();
  for (const char* damage : {"UPDATE images SET tags = '[1]'", "UPDATE images SET tags = '[]', status = 'odd'"}) {
    ASSERT_TRUE(other->execute(damage));
    EXPECT_EQ(store->find(record.image_id, soon()).error().code, ErrorCode::StoreUnavailable) << damage;
  }
  ASSERT_TRUE(other->execute("UPDATE images SET status = 'completed'"));
  EXPECT_TRUE(store->find(record.image_id, soon()));
}

}  // namespace
}  // namespace tintype
