// With the real programs; and, for what those never send, with a peer that the test plays itself.
#include "adapters/engine_worker/worker_process.h"

#include <gmock/gmock.h>
#include <sys/mman.h>

#include <cerrno>
#include <csignal>

#include "adapters/engine_worker/protocol/channel.h"
#include "adapters/engine_worker/protocol/sealed_memory.h"
#include "base/text.h"
#include "tests/support/sanitizers.h"
#include "tests/support/test_images.h"
#include "tests/support/webp_file.h"

namespace tintype {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;
using namespace testing_support;
using namespace worker_protocol;
using Loss = JobOutcome::Loss;

constexpr std::uint64_t kMemoryLimit = 256UL << 20;

Deadline soon() {
  return Deadline::after(std::chrono::seconds(30));
}

// True if `pid` is no process any more, not even a zombie.
bool is_gone(pid_t pid) {
  return ::kill(pid, 0) == -1 && errno == ESRCH;
}

JobOutcome run_on(WorkerProcess& worker, const ImageBytes& file, Job job, Deadline deadline = soon()) {
  job.file_bytes = file.size();
  job.time = std::chrono::seconds(20);
  return worker.run(job, sealed_copy(file, "test").get(), deadline);
}
JobOutcome probe(WorkerProcess& worker, const ImageBytes& file, Deadline deadline = soon()) {
  return run_on(worker, file, {.kind = Job::Kind::Probe}, deadline);
}
JobOutcome render(WorkerProcess& worker, const ImageBytes& file) {
  return run_on(worker, file, {.kind = Job::Kind::Render, .specs = {{.width = 80, .height = 80, .placeholder = true}}});
}
// What the error of the reply says; empty if it is none.
std::string message_of(const JobOutcome& outcome) {
  if (!outcome.reply) return to_string(outcome.end);
  const auto* const error = std::get_if<Error>(&outcome.reply->outcome);
  return error == nullptr ? "" : error->public_message;
}

// A worker of one of the programs in the directory that the test programs are built into.
class WorkerOf : public testing::Test {
 protected:
  explicit WorkerOf(const char* program)
      : zygote_(ZygoteProcess::start(program_beside_this(program), kMemoryLimit).value()) {
    EXPECT_TRUE(wait_readable(zygote_->socket(), soon()));
    EXPECT_TRUE(zygote_->receive_ready());
    worker_ =
        std::make_unique<WorkerProcess>(std::move(zygote_->fork_worker(soon()).value()), std::chrono::microseconds(5));
    EXPECT_TRUE(wait_readable(worker_->socket(), soon()));
    EXPECT_TRUE(worker_->receive_ready());
  }

  const std::unique_ptr<ZygoteProcess> zygote_;
  std::unique_ptr<WorkerProcess> worker_;
};

class WorkerProcessTest : public WorkerOf {
 protected:
  WorkerProcessTest() : WorkerOf("tintype-worker") {}
};

class FaultyWorkerTest : public WorkerOf {
 protected:
  FaultyWorkerTest() : WorkerOf("tintype-worker-faulty") {}

  JobOutcome fault(std::string_view name, Deadline deadline = soon()) {
    ImageBytes file = make_jpeg({});
    const auto text = to_bytes("fault:" + std::string(name));
    file.insert(file.end(), text.begin(), text.end());
    return probe(*worker_, file, deadline);
  }
  void expect_killed_by_the_sandbox(std::string_view name) {
    const JobOutcome outcome = fault(name);
    EXPECT_EQ(outcome.loss, Loss::Died) << message_of(outcome);
    EXPECT_EQ(outcome.end.signal, SIGSYS) << message_of(outcome);
  }
};

TEST_F(WorkerProcessTest, ReadyOneIsSandboxed) {
  EXPECT_TRUE(worker_->sandboxed());
}

TEST_F(WorkerProcessTest, ReadyOneSaysHowLongItTook) {
  EXPECT_EQ(worker_->start().spawn, std::chrono::microseconds(5));
  EXPECT_GT(worker_->start().load.count(), 0);
  EXPECT_GT(worker_->start().warm_up.count(), 0);
}

TEST_F(WorkerProcessTest, ProbeGivesTheHeader) {
  const auto outcome = probe(*worker_, make_jpeg({.width = 200, .height = 100, .orientation = 6}));
  ASSERT_TRUE(outcome.reply) << message_of(outcome);
  const auto& header = std::get<ImageHeader>(outcome.reply->outcome);
  EXPECT_EQ(header.format, ImageFormat::Jpeg);
  EXPECT_EQ(header.upright_width(), 200);
  EXPECT_EQ(header.upright_height(), 100);
  EXPECT_EQ(header.orientation, 6);
}

TEST_F(WorkerProcessTest, RenderGivesAWebp) {
  const auto outcome = render(*worker_, make_jpeg({.width = 160, .height = 120}));
  ASSERT_TRUE(outcome.reply) << message_of(outcome);
  const auto& facts = std::get<Pictures>(outcome.reply->outcome).at(0);
  EXPECT_EQ(facts.width, 80);
  EXPECT_EQ(facts.height, 60);
  EXPECT_FALSE(facts.thumb_hash.empty());
  const auto picture = decode_webp(outcome.pictures.at(0));
  EXPECT_EQ(picture.width, 80);
  EXPECT_EQ(picture.height, 60);
  EXPECT_LT(distance(picture.at(0.1, 0.1), kTopLeft), 24);
}

TEST_F(WorkerProcessTest, RenderTellsItsStages) {
  const auto outcome = render(*worker_, make_jpeg({}));
  ASSERT_TRUE(outcome.reply) << message_of(outcome);
  std::vector<std::string_view> stages;
  for (const StageTime& each : outcome.reply->stages) stages.push_back(stage_name(each.stage));
  EXPECT_THAT(stages, testing::ElementsAre("decode", "placeholder", "encode"));
}

TEST_F(WorkerProcessTest, EveryFormatIsRenderedInTheSandbox) {
  for (const ImageBytes& file :
       {make_jpeg({.profile = "p3"}), make_jpeg({.progressive = true}), make_jpeg({.profile = "cmyk"}),
        make_png({.bands = 4, .bits = 16}), make_png({.palette_bits = 4}), make_webp({}), make_webp({.pages = 2})}) {
    const auto outcome = render(*worker_, file);
    ASSERT_TRUE(outcome.reply) << message_of(outcome);
    EXPECT_EQ(message_of(outcome), "");
  }
}

TEST_F(WorkerProcessTest, BrokenFileIsAnErrorAndTheWorkerLives) {
  const auto outcome = render(*worker_, truncated(make_jpeg({}), 50));
  ASSERT_TRUE(outcome.reply);
  EXPECT_EQ(std::get<Error>(outcome.reply->outcome).code, ErrorCode::ImageUndecodable);
  EXPECT_TRUE(render(*worker_, make_jpeg({})).reply);
}

TEST_F(WorkerProcessTest, JobsAreCounted) {
  ASSERT_TRUE(probe(*worker_, make_jpeg({})).reply);
  ASSERT_TRUE(render(*worker_, make_jpeg({})).reply);
  EXPECT_EQ(worker_->jobs(), 2);
}

TEST_F(WorkerProcessTest, ResidentBytesAreThoseOfTheProcess) {
  EXPECT_GT(worker_->resident_bytes(), 1UL << 20);
  EXPECT_LT(worker_->resident_bytes(), 1UL << 30);
}

TEST_F(WorkerProcessTest, SurvivesItsZygote) {
  ASSERT_EQ(::kill(zygote_->pid(), SIGKILL), 0);
  ASSERT_EQ(zygote_->end().signal, SIGKILL);
  EXPECT_FALSE(worker_->has_ended());
  const auto outcome = render(*worker_, make_jpeg({}));
  EXPECT_TRUE(outcome.reply) << message_of(outcome);
}

TEST_F(WorkerProcessTest, StopSignalsDoNotEndIt) {
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) ASSERT_EQ(::kill(worker_->pid(), signal), 0);
  EXPECT_TRUE(probe(*worker_, make_jpeg({})).reply);
}

TEST_F(WorkerProcessTest, KilledIdleOneHasEnded) {
  EXPECT_FALSE(worker_->has_ended());
  ASSERT_EQ(::kill(worker_->pid(), SIGKILL), 0);
  ASSERT_TRUE(wait_readable(worker_->pidfd(), soon()));
  EXPECT_TRUE(worker_->has_ended());
  EXPECT_EQ(worker_->end().signal, SIGKILL);
}

TEST_F(WorkerProcessTest, JobWithoutItsFileEndsIt) {
  const auto outcome = worker_->run({.file_bytes = 10, .time = std::chrono::seconds(1)}, -1, soon());
  EXPECT_EQ(outcome.loss, Loss::Died);
  EXPECT_EQ(outcome.end.code, 4);
}

TEST_F(WorkerProcessTest, DestroyedOneLeavesNoZombie) {
  const pid_t pid = worker_->pid();
  worker_.reset();
  EXPECT_TRUE(is_gone(pid));
}

TEST_F(FaultyWorkerTest, GoodFileIsServed) {
  EXPECT_TRUE(render(*worker_, make_jpeg({})).reply);
}

TEST_F(FaultyWorkerTest, CrashIsSeen) {
  const auto outcome = fault("segv");
  EXPECT_EQ(outcome.loss, Loss::Died);
  // A sanitizer has a handler of its own for it.
  if (!kSanitized) EXPECT_EQ(outcome.end.signal, SIGSEGV);
}

TEST_F(FaultyWorkerTest, AbortIsSeen) {
  const auto outcome = fault("abort");
  EXPECT_EQ(outcome.loss, Loss::Died);
  EXPECT_EQ(outcome.end.signal, SIGABRT);
}

TEST_F(FaultyWorkerTest, ExitIsSeen) {
  const auto outcome = fault("exit");
  EXPECT_EQ(outcome.loss, Loss::Died);
  EXPECT_EQ(outcome.end.code, 7);
}

TEST_F(FaultyWorkerTest, EndlessJobIsKilledAtItsDeadline) {
  const pid_t pid = worker_->pid();
  const auto begin = Deadline::Clock::now();
  const auto outcome = fault("hang", Deadline::after(std::chrono::milliseconds(200)));
  EXPECT_EQ(outcome.loss, Loss::Deadline);
  EXPECT_EQ(outcome.end.signal, SIGKILL);
  EXPECT_LT(Deadline::Clock::now() - begin, std::chrono::seconds(10));
  EXPECT_TRUE(is_gone(pid));
}

TEST_F(FaultyWorkerTest, OpenIsRefused) {
  EXPECT_EQ(message_of(fault("open")), "refused: open");
}

TEST_F(FaultyWorkerTest, SocketEndsIt) {
  expect_killed_by_the_sandbox("socket");
}

TEST_F(FaultyWorkerTest, ForkEndsIt) {
  expect_killed_by_the_sandbox("fork");
}

TEST_F(FaultyWorkerTest, ExecEndsIt) {
  expect_killed_by_the_sandbox("exec");
}

TEST_F(FaultyWorkerTest, ExecutableMemoryEndsIt) {
  expect_killed_by_the_sandbox("map-executable");
}

TEST_F(FaultyWorkerTest, SignalToItsParentEndsIt) {
  expect_killed_by_the_sandbox("kill-parent");
}

// Standard input, output and error, the socket of its jobs, and the file of this one.
TEST_F(FaultyWorkerTest, HasNoDescriptorsButItsOwn) {
  EXPECT_EQ(message_of(fault("descriptors")), "refused: 5 descriptors");
}

// VIPSHOME, which it sets itself.
TEST_F(FaultyWorkerTest, HasNoEnvironmentButItsOwn) {
  EXPECT_EQ(message_of(fault("environment")), "refused: 1 variables");
}

#if !(defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
TEST_F(FaultyWorkerTest, MemoryIsRefusedBeyondTheLimit) {
  // Touching that much takes seconds on some virtual machines.
  const std::string message = message_of(fault("allocate", Deadline::after(std::chrono::seconds(50))));
  constexpr std::string_view kRefused = "refused: malloc after ";
  ASSERT_THAT(message, StartsWith(std::string(kRefused)));
  const int mebibytes = std::stoi(message.substr(kRefused.size()));
  EXPECT_GE(mebibytes, 256);
  EXPECT_LT(mebibytes, 1536);
}
#endif

// A worker without a process, whose answers the test sends.
class WorkerReplyTest : public testing::Test {
 protected:
  JobOutcome outcome_of(Job::Kind kind, std::span<const std::byte> datagram, int descriptor = -1) {
    EXPECT_TRUE(send_datagram(peer_.get(), datagram, descriptor));
    return worker_->run({.kind = kind, .specs = specs_}, -1, soon());
  }
  JobOutcome outcome_of_pictures(std::span<const std::byte> bytes, const Pictures& pictures) {
    const UniqueFd memory = sealed_copy(bytes, "test");
    return outcome_of(Job::Kind::Render, encode(JobReply{pictures}), memory.get());
  }
  JobOutcome outcome_of_picture(std::span<const std::byte> bytes, std::size_t size) {
    return outcome_of_pictures(bytes, {{size, 1, 1}});
  }

  std::vector<RenderSpec> specs_ = {{}};

  SocketPair sockets_ = make_socket_pair().value();
  const UniqueFd peer_ = std::move(sockets_.other);
  const std::unique_ptr<WorkerProcess> worker_ = std::make_unique<WorkerProcess>(
      ForkedWorker{ChildProcess(), std::move(sockets_.service)}, std::chrono::microseconds(0));
};

TEST_F(WorkerReplyTest, PictureIsTaken) {
  const auto file = make_webp({});
  const auto outcome = outcome_of_picture(file, file.size());
  EXPECT_EQ(outcome.loss, Loss::None);
  EXPECT_THAT(outcome.pictures, ElementsAre(file));
}

TEST_F(WorkerReplyTest, PicturesAreTakenApart) {
  specs_ = {{}, {}};
  const auto first = make_webp({}), second = make_webp({.width = 9, .height = 7});
  std::vector<std::byte> both = first;
  both.insert(both.end(), second.begin(), second.end());
  const auto outcome = outcome_of_pictures(both, {{first.size(), 1, 1}, {second.size(), 1, 1}});
  EXPECT_EQ(outcome.loss, Loss::None);
  EXPECT_THAT(outcome.pictures, ElementsAre(first, second));
}

TEST_F(WorkerReplyTest, PicturesCutInTheWrongPlaceAreNonsense) {
  specs_ = {{}, {}};
  const auto file = make_webp({});
  std::vector<std::byte> both = file;
  both.insert(both.end(), file.begin(), file.end());
  EXPECT_EQ(outcome_of_pictures(both, {{file.size() - 2, 1, 1}, {file.size() + 2, 1, 1}}).loss, Loss::Nonsense);
}

TEST_F(WorkerReplyTest, AnotherNumberOfPicturesIsNonsense) {
  const auto file = make_webp({});
  specs_ = {{}, {}};
  EXPECT_EQ(outcome_of_picture(file, file.size()).loss, Loss::Nonsense);
}

TEST_F(WorkerReplyTest, ErrorIsTaken) {
  const JobReply reply{Error{ErrorCode::ImageUndecodable, "broken"}};
  EXPECT_EQ(message_of(outcome_of(Job::Kind::Render, encode(reply))), "broken");
}

TEST_F(WorkerReplyTest, MalformedReplyIsNonsense) {
  EXPECT_EQ(outcome_of(Job::Kind::Probe, as_bytes("hello")).loss, Loss::Nonsense);
}

TEST_F(WorkerReplyTest, AnswerToAnotherJobIsNonsense) {
  const JobReply header{ImageHeader{}};
  EXPECT_EQ(outcome_of(Job::Kind::Render, encode(header)).loss, Loss::Nonsense);
  const JobReply picture{Pictures{{10, 1, 1}}};
  EXPECT_EQ(outcome_of(Job::Kind::Probe, encode(picture)).loss, Loss::Nonsense);
}

TEST_F(WorkerReplyTest, PictureWithoutItsFileIsNonsense) {
  EXPECT_EQ(outcome_of(Job::Kind::Render, encode(JobReply{Pictures{{10, 1, 1}}})).loss, Loss::Nonsense);
}

TEST_F(WorkerReplyTest, PictureThatCanStillChangeIsNonsense) {
  const auto file = make_webp({});
  const UniqueFd memory(::memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  ASSERT_EQ(::write(memory.get(), file.data(), file.size()), static_cast<ssize_t>(file.size()));
  const JobReply reply{Pictures{{file.size(), 1, 1}}};
  EXPECT_EQ(outcome_of(Job::Kind::Render, encode(reply), memory.get()).loss, Loss::Nonsense);
}

TEST_F(WorkerReplyTest, PictureOfAnotherSizeIsNonsense) {
  const auto file = make_webp({});
  EXPECT_EQ(outcome_of_picture(file, file.size() - 1).loss, Loss::Nonsense);
}

TEST_F(WorkerReplyTest, PictureThatIsNoWebpIsNonsense) {
  const auto file = make_jpeg({});
  const auto outcome = outcome_of_picture(file, file.size());
  EXPECT_EQ(outcome.loss, Loss::Nonsense);
  EXPECT_THAT(outcome.pictures, IsEmpty());
}

TEST_F(WorkerReplyTest, PictureWithBytesBehindTheWebpIsNonsense) {
  auto file = make_webp({});
  file.push_back(std::byte{'!'});
  EXPECT_EQ(outcome_of_picture(file, file.size()).loss, Loss::Nonsense);
}

// 2 MiB in the frame of a WebP, for a picture of 32 x 32.
TEST_F(WorkerReplyTest, PictureFarTooLargeForItsEdgesIsNonsense) {
  constexpr std::uint32_t kBytes = 2 << 20;
  constexpr std::uint32_t kRiffBytes = kBytes - 8;
  std::string file = "RIFF" + std::string(reinterpret_cast<const char*>(&kRiffBytes), 4) + "WEBP";
  file.resize(kBytes);
  const UniqueFd memory = sealed_copy(as_bytes(file), "test");
  ASSERT_TRUE(send_datagram(peer_.get(), encode(JobReply{Pictures{{kBytes, 32, 32}}}), memory.get()));
  const Job job{.kind = Job::Kind::Render, .specs = {{.width = 32, .height = 32}}};
  EXPECT_EQ(worker_->run(job, -1, soon()).loss, Loss::Nonsense);
}

TEST_F(WorkerReplyTest, NonsenseInsteadOfReadyIsNotReady) {
  ASSERT_TRUE(send_datagram(peer_.get(), as_bytes("hello")));
  EXPECT_FALSE(worker_->receive_ready());
}

TEST_F(WorkerReplyTest, UnsandboxedReadyIsKnown) {
  ASSERT_TRUE(send_datagram(peer_.get(), encode(WorkerReady{.sandboxed = false})));
  EXPECT_TRUE(worker_->receive_ready());
  EXPECT_FALSE(worker_->sandboxed());
}

}  // namespace
}  // namespace tintype
