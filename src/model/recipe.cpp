#include "model/recipe.h"

#include <array>

#include "base/text.h"

namespace tintype {
namespace {

constexpr std::array kRecipes = {
    Recipe{.name = kThumbnailRecipe,
           .version = 1,
           .spec = {.fit = RenderSpec::Fit::Cover,
                    .width = kThumbnailEdge,
                    .height = kThumbnailEdge,
                    .quality = kThumbnailQuality}},
};

}  // namespace

std::span<const Recipe> recipes() {
  return kRecipes;
}

const Recipe* find_recipe(std::string_view name) {
  const auto found = std::ranges::find(kRecipes, name, &Recipe::name);
  return found != kRecipes.end() ? &*found : nullptr;
}

std::string recipe_text(const Recipe& recipe, const RenderSpec& spec, std::string_view encoder) {
  std::string text(recipe.name);
  text += '@' + std::to_string(recipe.version) + ' ' + std::to_string(spec.width) + 'x' + std::to_string(spec.height);
  text += spec.fit == RenderSpec::Fit::Cover ? " cover " : " inside ";
  text.append(recipe.format) += " q" + std::to_string(spec.quality) + " m" + std::to_string(spec.effort) + ' ';
  return text.append(encoder);
}

int recipe_version(std::string_view text) {
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos) return 0;
  const auto version = parse_unsigned(text.substr(at + 1, text.find(' ', at) - at - 1));
  constexpr std::uint64_t kMost = 1'000'000;
  return version && *version <= kMost ? static_cast<int>(*version) : 0;
}

}  // namespace tintype
