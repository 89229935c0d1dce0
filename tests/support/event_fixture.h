#pragma once

#include "adapters/event_bus_local/local_event_bus.h"
#include "service/event_hub.h"
#include "service/get_image.h"
#include "tests/support/memory_event_log.h"
#include "tests/support/service_fixture.h"

namespace tintype::testing_support {

// A store of records, and a log that is written by hand.
class EventFixture : public ServiceFixture {
 protected:
  // Of ann, in this state.
  ImageRecord add(ProcessingStatus status) {
    ImageRecord record = maker_.next();
    record.status = status;
    if (status != ProcessingStatus::Completed) record.thumbnail_key.reset();
    EXPECT_TRUE(sqlite_->import_record(record, soon()));
    return record;
  }
  // A change of `record`, and its event.
  ImageEvent change(ImageRecord& record, ProcessingStatus status, ImageEventType type) {
    clock_.advance(std::chrono::milliseconds(1));
    record.status = status;
    record.updated_at = clock_.now();
    ++record.version;
    EXPECT_TRUE(sqlite_->import_record(record, soon()));
    return tell(record, type);
  }
  ImageEvent tell(const ImageRecord& record, ImageEventType type) {
    const ImageEvent event = event_of(record, type, clock_.now());
    event_log_.add(event);
    local_bus_.publish(event.user, event.image_id);
    return event;
  }

  RecordMaker maker_{"ann"};
  MemoryEventLog event_log_;
  LocalEventBus local_bus_;
  EventHub hub_{event_log_, local_bus_, clock_, {.poll = std::chrono::hours(1)}, log_};
  GetImage get_{metadata_};
};

}  // namespace tintype::testing_support
