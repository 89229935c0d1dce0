#include "adapters/engine_vips/vips_engine.h"

#include <gmock/gmock.h>
#include <vips/vips.h>

#include <cstdlib>

#include "adapters/engine_vips/vips_runtime.h"
#include "tests/support/test_images.h"

namespace tintype {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using namespace testing_support;

class StageLog {
 public:
  StageObserver observer() {
    return [this](std::string_view stage, double seconds) {
      EXPECT_GE(seconds, 0);
      EXPECT_LT(seconds, 60);
      stages_.emplace_back(stage);
    };
  }
  const std::vector<std::string>& stages() const { return stages_; }

 private:
  std::vector<std::string> stages_;
};

TEST(VipsEngine, RenderReportsItsStages) {
  StageLog log;
  VipsEngine engine(log.observer());
  ASSERT_TRUE(engine.render(make_jpeg({}), {.width = 100, .height = 100, .placeholder = true}, Deadline::never()));
  EXPECT_THAT(log.stages(), ElementsAre("decode", "placeholder", "encode"));
}

TEST(VipsEngine, ProbeReportsItsStage) {
  StageLog log;
  VipsEngine engine(log.observer());
  ASSERT_TRUE(engine.probe(make_jpeg({}), Deadline::never()));
  EXPECT_THAT(log.stages(), ElementsAre("probe"));
}

TEST(VipsEngine, BrokenFileStillReportsDecode) {
  StageLog log;
  VipsEngine engine(log.observer());
  EXPECT_FALSE(engine.render(truncated(make_jpeg({}), 50), {}, Deadline::never()));
  EXPECT_THAT(log.stages(), ElementsAre("decode"));
}

TEST(VipsEngine, OtherTypesReachNoLoader) {
  StageLog log;
  VipsEngine engine(log.observer());
  EXPECT_FALSE(engine.probe(to_bytes("%PDF-1.7"), Deadline::never()));
  EXPECT_FALSE(engine.render(to_bytes("%PDF-1.7"), {}, Deadline::never()));
  EXPECT_THAT(log.stages(), IsEmpty());
}

TEST(VipsRuntime, OtherLoadersAreBlocked) {
  init_vips();
  const auto gif = to_bytes(std::string_view("GIF89a\x01\0\x01\0\0\0\0;", 14));
  VipsImage* image = nullptr;
  EXPECT_NE(vips_gifload_buffer(const_cast<std::byte*>(gif.data()), gif.size(), &image, nullptr), 0);
  EXPECT_THAT(std::string(vips_error_buffer()), testing::HasSubstr("operation is blocked"));
  vips_error_clear();
}

TEST(VipsRuntime, OneThreadAndNoCache) {
  init_vips();
  EXPECT_EQ(vips_concurrency_get(), 1);
  EXPECT_EQ(vips_cache_get_max(), 0);
}

TEST(VipsRuntime, HidingModulesRespectsAHomeThatIsSet) {
  const char* const before = std::getenv("VIPSHOME");
  const std::string saved = before == nullptr ? "" : before;
  ::setenv("VIPSHOME", "/somewhere", 1);
  hide_vips_modules();
  EXPECT_STREQ(std::getenv("VIPSHOME"), "/somewhere");
  ::unsetenv("VIPSHOME");
  hide_vips_modules();
  EXPECT_STREQ(std::getenv("VIPSHOME"), "/nonexistent");
  if (before == nullptr) ::unsetenv("VIPSHOME");
  if (before != nullptr) ::setenv("VIPSHOME", saved.c_str(), 1);
}

}  // namespace
}  // namespace tintype
