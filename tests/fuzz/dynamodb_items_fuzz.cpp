// The items of DynamoDB's tables, as an engine answers them.
#include <cstdlib>
#include <string>

#include <boost/json.hpp>

#include "adapters/metadata_dynamodb/claim_item.h"
#include "adapters/metadata_dynamodb/event_item.h"
#include "adapters/metadata_dynamodb/image_item.h"
#include "adapters/metadata_dynamodb/record_item.h"

namespace {

using namespace tintype;

void require(bool holds) {
  if (!holds) std::abort();
}

// What can be read is written as an item that reads the same.
void check_record(const dynamodb::Item& item) {
  const auto record = dynamodb::read_record(item);
  if (!record) return;
  dynamodb::Item written;
  dynamodb::write_record(written, *record);
  const auto again = dynamodb::read_record(written);
  require(again && again->image_id == record->image_id && again->text == record->text &&
          again->main_key == record->main_key && again->version == record->version &&
          again->thumbnail_version == record->thumbnail_version && again->redrive_at == record->redrive_at &&
          again->redrives == record->redrives);
}

void check_claim(const dynamodb::Item& item) {
  const auto stored = dynamodb::read_claim(item);
  if (!stored) return;
  dynamodb::Item written = dynamodb::put_claim(stored->claim, nullptr).item;
  const auto again = dynamodb::read_claim(written);
  require(again && again->claim == stored->claim);
}

void check_event(const dynamodb::Item& item) {
  const auto event = dynamodb::read_event(item);
  if (!event) return;
  const auto again = dynamodb::read_event(dynamodb::event_attributes(*event));
  require(again && *again == *event);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  boost::json::error_code error;
  const auto parsed = boost::json::parse({reinterpret_cast<const char*>(bytes), size}, error);
  if (error || !parsed.is_object()) return 0;
  check_record(parsed.get_object());
  check_claim(parsed.get_object());
  check_event(parsed.get_object());
  (void)dynamodb::read_image(parsed.get_object());
  return 0;
}
