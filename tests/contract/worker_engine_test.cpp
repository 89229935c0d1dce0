// What the engine in worker processes promises beyond the port: who pays for a worker that is lost.
#include "adapters/engine_worker/worker_engine.h"

#include <gmock/gmock.h>

#include <csignal>
#include <future>

#include "tests/contract/faulty_file.h"
#include "tests/support/worker_pool_fixture.h"

namespace tintype {
namespace {

using namespace testing_support;
using std::chrono::milliseconds;
using std::chrono::seconds;

using testing::SizeIs;

// Takes about a second, and nothing but time.
constexpr RenderSpec kSlow{.quality = 100, .effort = 6};

WorkerPoolFixture::Options faulty_worker() {
  return {.program = "tintype-worker-faulty", .most = 1, .engine = {.job_deadline = milliseconds(300)}};
}

// A progressive JPEG of 120 megapixels, all gray, whose scans say so again and again: libjpeg reads all of them before
// it gives the first line, and looks at no clock meanwhile.
ImageBytes many_scans() {
  using namespace std::string_view_literals;
  constexpr int kScans = 90;                           // libvips gives up at 100
  constexpr std::size_t kScanBytes = 1500 * 1250 / 8;  // a bit for each block of 12000 x 10000 pixels
  const std::string no_change(kScanBytes, '\0');
  std::string file("\xFF\xD8");
  file += "\xFF\xDB\0\x43\0"sv;
  file += std::string(64, '\1');
  file += "\xFF\xC2\0\x0B\x08\x27\x10\x2E\xE0\x01\x01\x11\0"sv;
  for (const auto table : {"\0"sv, "\x10"sv}) {  // of DC and AC: one code, of one bit, for "nothing"
    file += "\xFF\xC4\0\x14"sv;
    file += table;
    file += '\1' + std::string(15, '\0') + '\0';
  }
  file += "\xFF\xDA\0\x08\x01\x01\0\0\0\0"sv;
  file += no_change;
  for (int scan = 1; scan < kScans; ++scan) {
    file += "\xFF\xDA\0\x08\x01\x01\0\x01\x3F\0"sv;
    file += no_change;
  }
  return to_bytes(file + "\xFF\xD9");
}

TEST(WorkerEngine, WorkerCrashesThenFileIsUndecodable) {
  for (const char* const fault : {"segv", "abort", "exit"}) {
    WorkerPoolFixture workers(faulty_worker());
    const auto rendered = workers.engine().render(faulty_file(fault), kSmall, patience());
    ASSERT_FALSE(rendered) << fault;
    EXPECT_EQ(rendered.error().code, ErrorCode::ImageUndecodable) << fault;
    EXPECT_EQ(rendered.error().public_message, "the image cannot be processed") << fault;
    EXPECT_EQ(workers.deaths("crash"), 1) << fault;
  }
}

TEST(WorkerEngine, WorkerCrashesThenNextJobWorks) {
  WorkerPoolFixture workers(faulty_worker());
  EXPECT_FALSE(workers.engine().render(faulty_file("segv"), kSmall, patience()));
  const auto rendered = workers.engine().render(make_jpeg({}), kSmall, patience());
  ASSERT_TRUE(rendered) << to_string(rendered.error());
  EXPECT_EQ(rendered->width, 100);
}

TEST(WorkerEngine, WorkerCrashesInAProbeThenFileIsUndecodable) {
  WorkerPoolFixture workers(faulty_worker());
  const auto probed = workers.engine().probe(faulty_file("segv"), patience());
  ASSERT_FALSE(probed);
  EXPECT_EQ(probed.error().code, ErrorCode::ImageUndecodable);
}

TEST(WorkerEngine, JobHangsThenFileIsUndecodableAfterTheJobDeadline) {
  WorkerPoolFixture workers(faulty_worker());
  const auto start = std::chrono::steady_clock::now();
  const auto rendered = workers.engine().render(faulty_file("hang"), kSmall, patience());
  const auto took = std::chrono::steady_clock::now() - start;
  ASSERT_FALSE(rendered);
  EXPECT_EQ(rendered.error().code, ErrorCode::ImageUndecodable);
  EXPECT_EQ(rendered.error().public_message, "the image took too long to process");
  EXPECT_GE(took, milliseconds(300));
  EXPECT_LT(took, milliseconds(1300));
}

TEST(WorkerEngine, JobHangsThenItsWorkerIsGone) {
  WorkerPoolFixture workers(faulty_worker());
  const auto before = worker_pids();
  ASSERT_THAT(before, SizeIs(1));
  EXPECT_FALSE(workers.engine().render(faulty_file("hang"), kSmall, patience()));
  EXPECT_EQ(::kill(before[0], 0), -1);
  EXPECT_EQ(errno, ESRCH);
  EXPECT_EQ(workers.deaths("deadline"), 1);
}

TEST(WorkerEngine, ManyScansThenRenderEndsSoonAfterTheDeadline) {
  WorkerPoolFixture workers;
  const auto file = many_scans();
  const auto start = std::chrono::steady_clock::now();
  const auto rendered = workers.engine().render(file, kSmall, Deadline::after(milliseconds(500)));
  EXPECT_LT(std::chrono::steady_clock::now() - start, milliseconds(1500));
  ASSERT_FALSE(rendered);
  EXPECT_EQ(rendered.error().code, ErrorCode::ImageUndecodable);
  EXPECT_EQ(rendered.error().public_message, "the image took too long to process");
  EXPECT_EQ(workers.deaths("deadline"), 0);  // it looked at the clock between two scans
}

// What becomes of a file that makes a worker do `fault`.
Error answer_to(const char* fault) {
  WorkerPoolFixture workers({.program = "tintype-worker-faulty", .most = 1});
  const auto rendered = workers.engine().render(faulty_file(fault), kSmall, patience());
  return rendered ? Error{ErrorCode::Internal, "rendered"} : rendered.error();
}

TEST(WorkerEngine, DecoderIsTakenOverThenItsFirstForbiddenCallEndsIt) {
  for (const char* const fault : {"socket", "fork", "exec", "kill-parent", "map-executable"}) {
    EXPECT_THAT(answer_to(fault).detail, testing::HasSubstr("signal 31")) << fault;  // SIGSYS
  }
}

TEST(WorkerEngine, DecoderIsTakenOverThenItCanOpenNoFile) {
  EXPECT_EQ(answer_to("open").public_message, "refused: open");
}

// stdin, stdout, stderr (all /dev/null), the socket, the image.
TEST(WorkerEngine, DecoderIsTakenOverThenItFindsFiveDescriptors) {
  EXPECT_EQ(answer_to("descriptors").public_message, "refused: 5 descriptors");
}

TEST(WorkerEngine, DecoderIsTakenOverThenItFindsNoEnvironmentOfTheService) {
  EXPECT_EQ(answer_to("environment").public_message, "refused: 1 variables");
}

TEST(WorkerEngine, DecoderIsTakenOverThenItsMemoryIsLimited) {
  if (kSanitized) GTEST_SKIP() << "sanitizers need address space without limit";
  EXPECT_THAT(answer_to("allocate").public_message, testing::StartsWith("refused: malloc"));
}

// Jobs of all kinds at once, with fewer workers than jobs.
TEST(WorkerEngine, ManyJobsCrashThenTheOthersAreDone) {
  WorkerPoolFixture workers({.program = "tintype-worker-faulty", .most = 2});
  const auto sound = make_jpeg({});
  const auto killer = faulty_file("segv");
  std::vector<std::future<int>> lines;
  for (int line = 0; line < 6; ++line) {
    lines.push_back(std::async(std::launch::async, [&] {
      int right = 0;
      for (int job = 0; job < 10; ++job) {
        right += workers.engine().render(sound, kSmall, patience()) ? 1 : 0;
        right += workers.engine().render(killer, kSmall, patience()) ? 0 : 1;
      }
      return right;
    }));
  }
  for (auto& line : lines) EXPECT_EQ(line.get(), 20);
  EXPECT_EQ(workers.deaths("crash"), 60);
  EXPECT_EQ(workers.deaths(), 60);
}

class SlowRender {
 public:
  explicit SlowRender(WorkerPoolFixture& workers)
      : answer_(std::async(std::launch::async, [&workers] {
          static constexpr std::string_view kHash = "ab";
          const auto file = make_jpeg({.width = 2000, .height = 2000, .pattern = Pattern::Noise});
          return workers.engine().render(EncodedImage(file, -1, kHash), kSlow, patience());
        })) {}

  bool is_over() const { return answer_.wait_for(seconds(0)) == std::future_status::ready; }
  Result<RenderedImage> answer() { return answer_.get(); }

 private:
  std::future<Result<RenderedImage>> answer_;
};

// Kills the only worker from outside, once it is at work.
void kill_busy_worker(WorkerPoolFixture& workers) {
  ASSERT_TRUE(eventually([&] { return workers.busy() == 1; }));
  const auto pids = worker_pids();
  ASSERT_THAT(pids, SizeIs(1));
  ASSERT_EQ(::kill(pids[0], SIGKILL), 0);
}

TEST(WorkerEngine, WorkerIsKilledFromOutsideThenItsJobIsDoneAgain) {
  WorkerPoolFixture workers({.most = 1});
  SlowRender render(workers);
  kill_busy_worker(workers);
  const auto rendered = render.answer();
  ASSERT_TRUE(rendered) << to_string(rendered.error());
  EXPECT_EQ(rendered->width, 2000);
  EXPECT_EQ(workers.deaths("killed"), 1);
}

TEST(WorkerEngine, WorkerIsKilledFromOutsideThenNoStrike) {
  WorkerPoolFixture workers({.most = 1});
  SlowRender render(workers);
  kill_busy_worker(workers);
  EXPECT_TRUE(render.answer());
  EXPECT_THAT(*workers.quarantine().list(workers.clock().now(), 10, patience()), SizeIs(0));
}

TEST(WorkerEngine, WorkerIsKilledTwiceThenOverloadedWithoutAStrike) {
  WorkerPoolFixture workers({.most = 1});
  SlowRender render(workers);
  kill_busy_worker(workers);
  ASSERT_TRUE(eventually([&] { return workers.deaths("killed") == 1; }));
  kill_busy_worker(workers);
  const auto rendered = render.answer();
  ASSERT_FALSE(rendered);
  EXPECT_EQ(rendered.error().code, ErrorCode::Overloaded);
  EXPECT_THAT(*workers.quarantine().list(workers.clock().now(), 10, patience()), SizeIs(0));
}

}  // namespace
}  // namespace tintype
