#include "http/image_fields.h"

#include <boost/json.hpp>

#include "model/validation.h"

namespace tintype::http {
namespace {

namespace json = boost::json;

json::value parse_json(std::string_view text, json::error_code& error) {
  json::parse_options options;
  options.max_depth = 8;
  return json::parse(json::string_view(text.data(), text.size()), error, {}, options);
}

Result<std::vector<std::string>> tags_from_json(const json::value& value) {
  const json::array* array = value.if_array();
  if (array == nullptr) return invalid_field("tags", "must be an array of strings");
  std::vector<std::string> tags;
  for (const json::value& entry : *array) {
    const json::string* tag = entry.if_string();
    if (tag == nullptr) return invalid_field("tags", "must be an array of strings");
    tags.emplace_back(tag->data(), tag->size());
  }
  return tags;
}

Result<void> add_tags(std::vector<std::string>& tags, const std::string& value) {
  if (!value.starts_with('[')) {
    tags.push_back(value);
    return {};
  }
  json::error_code error;
  const json::value parsed = parse_json(value, error);
  if (error) return invalid_field("tags", "begins like a JSON array but is none");
  auto more = tags_from_json(parsed);
  if (!more) return fail(more.error());
  tags.insert(tags.end(), more->begin(), more->end());
  return {};
}

std::optional<std::string>* text_field(ImageText& text, std::string_view name) {
  if (name == "albumId") return &text.album_id;
  if (name == "title") return &text.title;
  if (name == "description") return &text.description;
  if (name == "altText") return &text.alt_text;
  return nullptr;
}

std::optional<std::optional<std::string>>* patch_field(ImagePatch& patch, std::string_view name) {
  if (name == "albumId") return &patch.album_id;
  if (name == "title") return &patch.title;
  if (name == "description") return &patch.description;
  if (name == "altText") return &patch.alt_text;
  return nullptr;
}

Result<void> apply_member(ImagePatch& patch, std::string_view name, const json::value& value) {
  if (name == "version") {
    if (!value.is_int64() || value.get_int64() < 1) return invalid_field(name, "must be a positive integer");
    patch.expected_version = value.get_int64();
    return {};
  }
  if (name == "tags") {
    if (value.is_null()) {
      patch.tags.emplace();
      return {};
    }
    auto tags = tags_from_json(value);
    if (!tags) return fail(tags.error());
    patch.tags = std::move(*tags);
    return {};
  }
  auto* field = patch_field(patch, name);
  if (field == nullptr)
    return invalid_field(name, "cannot be changed; known are title, description, altText, tags, albumId and version");
  if (value.is_null()) {
    field->emplace(std::nullopt);
    return {};
  }
  if (!value.is_string()) return invalid_field(name, "must be a string or null");
  field->emplace(std::string(value.get_string()));
  return {};
}

}  // namespace

Result<ImageText> image_text_from_fields(const std::vector<Parameter>& fields) {
  ImageText text;
  for (const Parameter& field : fields) {
    if (field.value.empty()) continue;
    if (field.name == "tags" || field.name == "tags[]") {
      if (auto added = add_tags(text.tags, field.value); !added) return fail(added.error());
      continue;
    }
    std::optional<std::string>* target = text_field(text, field.name);
    if (target == nullptr) continue;
    if (*target) return invalid_field(field.name, "is given twice");
    *target = field.value;
  }
  return text;
}

Result<ImagePatch> image_patch_from_json(std::string_view body) {
  json::error_code error;
  const json::value parsed = parse_json(body, error);
  if (error) return fail(ErrorCode::ValidationFailed, "the body is not JSON: " + error.message());
  const json::object* object = parsed.if_object();
  if (object == nullptr) return fail(ErrorCode::ValidationFailed, "the body must be a JSON object");
  ImagePatch patch;
  for (const auto& member : *object) {
    if (auto applied = apply_member(patch, std::string_view(member.key().data(), member.key().size()), member.value());
        !applied) {
      return fail(applied.error());
    }
  }
  return patch;
}

}  // namespace tintype::http
