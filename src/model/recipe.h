#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "model/render_spec.h"

namespace tintype {

// How a derivative of an image is made. Its version counts up whenever what comes of it changes on purpose: another
// size, quality or crop. Later derivatives are further rows of the table in recipe.cpp.
struct Recipe {
  std::string_view name;  // "thumbnail"
  int version = 1;
  RenderSpec spec = {};
  std::string_view format = "webp";
};

inline constexpr std::string_view kThumbnailRecipe = "thumbnail";

// All that there are.
std::span<const Recipe> recipes();
// nullptr if there is none of this name.
const Recipe* find_recipe(std::string_view name);

// What is kept with a derivative, so that one can tell how it was made:
// "thumbnail@1 400x400 cover webp q80 m2 libwebp/1.2.4". `spec` is the recipe's, with the effort in force.
std::string recipe_text(const Recipe& recipe, const RenderSpec& spec, std::string_view encoder);
// The version in such a text: 1 for the one above. 0 if there is none, as with what was made before this was kept.
int recipe_version(std::string_view text);

}  // namespace tintype
