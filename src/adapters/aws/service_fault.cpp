#include "adapters/aws/service_fault.h"

#include <boost/json.hpp>

#include "adapters/aws/json_text.h"
#include "adapters/aws/xml.h"
#include "base/text.h"

namespace tintype::aws {
namespace {

// "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException", or with ":http://…" behind it.
std::string without_namespace(std::string_view type) {
  if (const std::size_t hash = type.rfind('#'); hash != std::string_view::npos) type.remove_prefix(hash + 1);
  return std::string(type.substr(0, type.find(':')));
}

ServiceFault read_json_fault(std::string_view body) {
  boost::json::error_code error;
  const auto parsed = boost::json::parse({body.data(), body.size()}, error);
  if (error || !parsed.is_object()) return {};
  const auto& object = parsed.get_object();
  const std::string_view message = text_in(object, "message");
  return {.code = without_namespace(text_in(object, "__type")),
          .message = std::string(message.empty() ? text_in(object, "Message") : message)};
}

}  // namespace

ServiceFault read_xml_fault(std::string_view body) {
  const auto root = parse_xml(body);
  if (!root || root->name != "Error") return {};
  return {.code = std::string(root->child_text("Code")),
          .message = std::string(root->child_text("Message")),
          .request_id = std::string(root->child_text("RequestId"))};
}

ServiceFault read_fault(const Fields& headers, std::string_view body) {
  ServiceFault fault = trim(body).starts_with('<') ? read_xml_fault(body) : read_json_fault(body);
  if (fault.code.empty()) fault.code = without_namespace(field_or_empty(headers, "x-amzn-errortype"));
  for (const char* name : {"x-amzn-requestid", "x-amz-request-id"}) {
    if (fault.request_id.empty()) fault.request_id = field_or_empty(headers, name);
  }
  return fault;
}

}  // namespace tintype::aws
