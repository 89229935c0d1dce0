#pragma once

#include <string>
#include <string_view>

#include "model/image_event.h"

namespace tintype::http {

// How an event looks to clients, one JSON object without line breaks:
// {"imageId","userId","processingStatus","thumbnailUrl","thumbnailKey","processingError","version","at"}.
// processingStatus is as in an image, or "deleted". URLs as in image_json().
std::string event_json(const ImageEvent& event, std::string_view blob_base_url);

}  // namespace tintype::http
