#include "model/recipe.h"

#include <gtest/gtest.h>

namespace tintype {
namespace {

TEST(Recipe, ThumbnailIsInTheTable) {
  const Recipe* const thumbnail = find_recipe(kThumbnailRecipe);
  ASSERT_NE(thumbnail, nullptr);
  EXPECT_EQ(thumbnail->spec.width, 400);
  EXPECT_EQ(thumbnail->spec.height, 400);
  EXPECT_EQ(find_recipe("poster"), nullptr);
}

TEST(Recipe, TextSaysHowItWasMadeAndGivesTheVersionBack) {
  const Recipe recipe{
      .name = "poster",
      .version = 12,
      .spec = {.fit = RenderSpec::Fit::Inside, .width = 800, .height = 600, .quality = 70, .effort = 4}};
  const std::string text = recipe_text(recipe, recipe.spec, "libwebp/1.2.4");
  EXPECT_EQ(text, "poster@12 800x600 inside webp q70 m4 libwebp/1.2.4");
  EXPECT_EQ(recipe_version(text), 12);
}

TEST(Recipe, TextOfNoRecipeIsVersionZero) {
  for (const char* text : {"", "thumbnail", "thumbnail@", "thumbnail@x 1x1", "@", "thumbnail@99999999999 1x1"}) {
    EXPECT_EQ(recipe_version(text), 0) << text;
  }
  EXPECT_EQ(recipe_version("thumbnail@3"), 3);
}

}  // namespace
}  // namespace tintype
