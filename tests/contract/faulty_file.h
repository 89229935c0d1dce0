#pragma once

#include <string>

#include "tests/support/test_images.h"

namespace tintype {

// A sound JPEG that makes tintype-worker-faulty do what tests/worker/faulty_worker.cpp calls `fault`.
inline testing_support::ImageBytes faulty_file(const std::string& fault) {
  auto file = testing_support::make_jpeg({});
  const auto tail = testing_support::to_bytes("fault:" + fault);
  file.insert(file.end(), tail.begin(), tail.end());
  return file;
}

}  // namespace tintype
