#pragma once

#include "service/image_cache.h"

namespace tintype::testing_support {

// Renders a record as "ID version title".
class TextRenderer final : public RecordRenderer {
 public:
  std::string image(const ImageRecord& record) const override {
    return record.image_id.text() + ' ' + std::to_string(record.version) + ' ' + record.text.title.value_or("");
  }
  std::string list(const ListPage& page, const ListQuery&) const override {
    std::string text;
    for (const ImageRecord& record : page.images) text += image(record) + '\n';
    return text;
  }
  const std::string& variant() const override { return variant_; }

  void set_variant(std::string variant) { variant_ = std::move(variant); }

 private:
  std::string variant_ = "text";
};

}  // namespace tintype::testing_support
