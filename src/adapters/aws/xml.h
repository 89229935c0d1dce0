#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tintype::aws {

// An element with its text and its child elements; attributes and namespaces are left out, as S3 means nothing by them.
struct XmlElement {
  std::string name;
  std::string text = {};  // all character data directly in it, with white space as it came
  std::vector<XmlElement> children = {};

  // The first child called so; null if there is none.
  const XmlElement* child(std::string_view child_name) const;
  // Its text; "" if there is none.
  std::string_view child_text(std::string_view child_name) const;
};

struct XmlLimits {
  std::size_t bytes = 8U << 20;
  std::size_t elements = 100'000;  // ListObjectsV2 with 1000 keys has less than 12,000
  std::size_t depth = 16;
};

// Reads an answer of S3. nullopt for what is not well-formed, has a DOCTYPE, is not UTF-8, or exceeds a limit. Entities
// other than the five of XML and numbers are left as they are.
std::optional<XmlElement> parse_xml(std::string_view text, const XmlLimits& limits = {});

// `text` with &, <, > and quotes as references, for request bodies (DeleteObjects, CompleteMultipartUpload).
std::string xml_escape(std::string_view text);

}  // namespace tintype::aws
