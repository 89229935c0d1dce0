#pragma once

#include <string>

#include "base/result.h"
#include "config/settings.h"
#include "http/blob_handler.h"

namespace tintype {

// How the settings want pictures to be delivered. Error: the message names the setting that is missing, or the two that
// contradict each other.
Result<http::BlobDelivery> blob_delivery(const config::Settings& settings);

// What the URLs of pictures in answers begin with, for a service that clients reach at `public_url`.
std::string blob_base_url(const config::Settings& settings, const std::string& public_url);

}  // namespace tintype
