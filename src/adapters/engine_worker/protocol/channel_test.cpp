#include "adapters/engine_worker/protocol/channel.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <climits>
#include <filesystem>

#include "adapters/engine_worker/protocol/messages.h"
#include "base/text.h"

namespace tintype::worker_protocol {
namespace {

using Bytes = std::vector<std::byte>;

Deadline soon() {
  return Deadline::after(std::chrono::seconds(30));
}
Deadline now() {
  return Deadline::after(std::chrono::seconds(0));
}

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

UniqueFd memory_with(std::string_view text) {
  UniqueFd memory(::memfd_create("test", MFD_CLOEXEC));
  EXPECT_EQ(::write(memory.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  return memory;
}
std::string content_of(int descriptor) {
  char text[64] = {};
  const ssize_t size = ::pread(descriptor, text, sizeof text, 0);
  return size < 0 ? "unreadable" : std::string(text, static_cast<std::size_t>(size));
}

// What no honest peer does: `count` times `descriptor` beside `bytes`.
bool send_many(int socket, std::span<const std::byte> bytes, int descriptor, std::size_t count) {
  const std::vector<int> copies(count, descriptor);
  alignas(cmsghdr) char control[CMSG_SPACE(64 * sizeof(int))] = {};
  iovec part{const_cast<std::byte*>(bytes.data()), bytes.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = CMSG_SPACE(count * sizeof(int));
  cmsghdr* const header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(count * sizeof(int));
  std::memcpy(CMSG_DATA(header), copies.data(), count * sizeof(int));
  return ::sendmsg(socket, &message, MSG_NOSIGNAL) >= 0;
}

class ChannelTest : public testing::Test {
 protected:
  int sender() const { return sockets_.other.get(); }
  int receiver() const { return sockets_.service.get(); }
  void close_sender() { sockets_.other.reset(); }
  Received receive(Deadline deadline = soon()) const { return receive_datagram(receiver(), deadline); }
  bool send(std::string_view text, int descriptor = -1) const {
    return send_datagram(sender(), as_bytes(text), descriptor);
  }

 private:
  SocketPair sockets_ = make_socket_pair().value();
};

TEST_F(ChannelTest, DatagramArrivesWhole) {
  ASSERT_TRUE(send("hello"));
  const auto received = receive();
  ASSERT_TRUE(received.datagram);
  EXPECT_EQ(as_text(received.datagram->bytes), "hello");
  EXPECT_FALSE(received.datagram->descriptor);
}

TEST_F(ChannelTest, DatagramsStayApart) {
  ASSERT_TRUE(send("one"));
  ASSERT_TRUE(send("two"));
  EXPECT_EQ(as_text(receive().datagram.value().bytes), "one");
  EXPECT_EQ(as_text(receive().datagram.value().bytes), "two");
}

TEST_F(ChannelTest, DescriptorArrivesWithItsFile) {
  ASSERT_TRUE(send("file", memory_with("content").get()));
  const auto received = receive();
  ASSERT_TRUE(received.datagram);
  EXPECT_EQ(content_of(received.datagram->descriptor.get()), "content");
}

TEST_F(ChannelTest, ReceivedDescriptorClosesOnExec) {
  ASSERT_TRUE(send("file", memory_with("content").get()));
  const auto received = receive();
  ASSERT_TRUE(received.datagram);
  EXPECT_EQ(::fcntl(received.datagram->descriptor.get(), F_GETFD), FD_CLOEXEC);
}

TEST_F(ChannelTest, SocketsCloseOnExec) {
  EXPECT_EQ(::fcntl(sender(), F_GETFD), FD_CLOEXEC);
  EXPECT_EQ(::fcntl(receiver(), F_GETFD), FD_CLOEXEC);
}

TEST_F(ChannelTest, SentDescriptorStaysTheSenders) {
  const UniqueFd memory = memory_with("content");
  ASSERT_TRUE(send("file", memory.get()));
  EXPECT_EQ(content_of(memory.get()), "content");
}

TEST_F(ChannelTest, ClosedEndIsSeen) {
  close_sender();
  const auto received = receive();
  EXPECT_FALSE(received.datagram);
  EXPECT_EQ(received.error, ReceiveError::Closed);
}

TEST_F(ChannelTest, DatagramSentBeforeTheEndClosedStillArrives) {
  ASSERT_TRUE(send("last words"));
  close_sender();
  EXPECT_EQ(as_text(receive().datagram.value().bytes), "last words");
}

TEST_F(ChannelTest, SendingToAClosedEndFailsWithoutASignal) {
  close_sender();
  EXPECT_FALSE(send_datagram(receiver(), as_bytes("hello")));
}

TEST_F(ChannelTest, SilenceTimesOut) {
  const auto received = receive(Deadline::after(std::chrono::milliseconds(20)));
  EXPECT_FALSE(received.datagram);
  EXPECT_EQ(received.error, ReceiveError::TimedOut);
}

TEST_F(ChannelTest, ExpiredDeadlineStillTakesWhatIsThere) {
  ASSERT_TRUE(send("hello"));
  EXPECT_TRUE(receive(now()).datagram);
}

TEST_F(ChannelTest, LongestDatagramArrives) {
  ASSERT_TRUE(send_datagram(sender(), Bytes(kMaxMessage)));
  EXPECT_EQ(receive().datagram.value().bytes.size(), kMaxMessage);
}

TEST_F(ChannelTest, OverlongDatagramCountsAsClosed) {
  ASSERT_TRUE(send_datagram(sender(), Bytes(kMaxMessage + 1)));
  const auto received = receive();
  EXPECT_FALSE(received.datagram);
  EXPECT_EQ(received.error, ReceiveError::Closed);
}

TEST_F(ChannelTest, OverlongDatagramLeaksNoDescriptor) {
  const UniqueFd memory = memory_with("content");
  const std::size_t before = open_descriptors();
  ASSERT_TRUE(send_datagram(sender(), Bytes(kMaxMessage + 1), memory.get()));
  EXPECT_FALSE(receive().datagram);
  EXPECT_EQ(open_descriptors(), before);
}

TEST_F(ChannelTest, EmptyDatagramLeaksNoDescriptor) {
  const UniqueFd memory = memory_with("content");
  const std::size_t before = open_descriptors();
  ASSERT_TRUE(send_datagram(sender(), {}, memory.get()));
  EXPECT_FALSE(receive().datagram);
  EXPECT_EQ(open_descriptors(), before);
}

TEST_F(ChannelTest, OfSeveralDescriptorsOneIsKeptAndNoneLeaks) {
  const UniqueFd memory = memory_with("content");
  const std::size_t before = open_descriptors();
  ASSERT_TRUE(send_many(sender(), as_bytes("files"), memory.get(), 3));
  {
    const auto received = receive();
    ASSERT_TRUE(received.datagram);
    EXPECT_EQ(content_of(received.datagram->descriptor.get()), "content");
    EXPECT_EQ(open_descriptors(), before + 1);
  }
  EXPECT_EQ(open_descriptors(), before);
}

TEST_F(ChannelTest, FarTooManyDescriptorsCountAsClosedAndNoneLeaks) {
  const UniqueFd memory = memory_with("content");
  const std::size_t before = open_descriptors();
  ASSERT_TRUE(send_many(sender(), as_bytes("files"), memory.get(), 60));
  const auto received = receive();
  EXPECT_FALSE(received.datagram);
  EXPECT_EQ(received.error, ReceiveError::Closed);
  EXPECT_EQ(open_descriptors(), before);
}

TEST(PollTimeout, NeverWaitsForever) {
  EXPECT_EQ(poll_timeout(Deadline::never()), -1);
}

TEST(PollTimeout, PassedDeadlineDoesNotWait) {
  EXPECT_EQ(poll_timeout(Deadline::after(std::chrono::seconds(-5))), 0);
}

TEST(PollTimeout, PartOfAMillisecondIsRoundedUp) {
  // 59.9995 s, of which the call itself may take a while, but no whole second.
  const int timeout = poll_timeout(Deadline::after(std::chrono::microseconds(59'999'500)));
  EXPECT_GT(timeout, 59'000);
  EXPECT_LE(timeout, 60'000);
}

TEST(PollTimeout, LongerThanPollCanWaitIsCut) {
  EXPECT_EQ(poll_timeout(Deadline::after(std::chrono::hours(24 * 60))), INT_MAX);
}

}  // namespace
}  // namespace tintype::worker_protocol
