#include "adapters/aws/xml.h"

#include <pugixml.hpp>

#include "base/text.h"

namespace tintype::aws {
namespace {

std::optional<XmlElement> copy_of(const pugi::xml_node& node, const XmlLimits& limits, std::size_t depth,
                                  std::size_t& elements) {
  if (depth > limits.depth || ++elements > limits.elements) return std::nullopt;
  XmlElement element{.name = node.name()};
  for (const pugi::xml_node& child : node.children()) {
    if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) element.text += child.value();
    if (child.type() != pugi::node_element) continue;
    auto copied = copy_of(child, limits, depth + 1, elements);
    if (!copied) return std::nullopt;
    element.children.push_back(std::move(*copied));
  }
  return element;
}

}  // namespace

const XmlElement* XmlElement::child(std::string_view child_name) const {
  for (const XmlElement& each : children) {
    if (each.name == child_name) return &each;
  }
  return nullptr;
}

std::string_view XmlElement::child_text(std::string_view child_name) const {
  const XmlElement* const found = child(child_name);
  return found == nullptr ? std::string_view() : std::string_view(found->text);
}

std::optional<XmlElement> parse_xml(std::string_view text, const XmlLimits& limits) {
  if (text.size() > limits.bytes || !is_utf8(text)) return std::nullopt;
  pugi::xml_document document;
  constexpr unsigned kOptions = pugi::parse_default | pugi::parse_doctype | pugi::parse_ws_pcdata_single;
  if (!document.load_buffer(text.data(), text.size(), kOptions, pugi::encoding_utf8)) return std::nullopt;
  for (const pugi::xml_node& node : document.children()) {
    if (node.type() == pugi::node_doctype) return std::nullopt;
  }
  std::size_t elements = 0;
  return copy_of(document.document_element(), limits, 1, elements);
}

std::string xml_escape(std::string_view text) {
  std::string escaped;
  for (const char character : text) {
    switch (character) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += character;
    }
  }
  return escaped;
}

}  // namespace tintype::aws
