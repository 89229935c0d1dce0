// The steps at which the program can be ended. A point that is passed several times stands for each time.
#pragma once

#include <algorithm>
#include <array>
#include <string>

#include "tests/crash/crash_fixture.h"

namespace tintype::testing_support {

// Of an upload that succeeds, in about the order in which they are passed; the first commit is that of the claim.
inline constexpr std::array kUploadPoints = {
    "metadata.before-commit:1", "metadata.after-commit:1",  "upload.claimed",          "upload.main-rendered",
    "blob.written:1",           "blob.publishing:1",        "blob.published:1",        "upload.thumbnail-rendered",
    "blob.written:2",           "blob.publishing:2",        "blob.published:2",        "upload.stored",
    "upload.before-commit",     "metadata.before-commit:2", "metadata.after-commit:2", "upload.committed"};

// Of an upload whose file turns out to be broken, from the commit that releases its claim.
inline constexpr std::array kFailurePoints = {"metadata.before-commit:2", "metadata.after-commit:2", "upload.given-up"};

// Of a deletion; the first commit is that of its beginning.
inline constexpr std::array kDeletionPoints = {"metadata.before-commit:1",
                                               "metadata.after-commit:1",
                                               "delete.begun",
                                               "blob.removed:1",
                                               "deletion.one-blob-removed:1",
                                               "blob.removed:2",
                                               "deletion.one-blob-removed:2",
                                               "deletion.blobs-removed",
                                               "metadata.before-commit:2",
                                               "metadata.after-commit:2",
                                               "deletion.finished"};

// Of a sweep that finds one abandoned upload, from its look at the claim.
inline constexpr std::array kSweepPoints = {
    "sweep.claim-found",      "metadata.before-commit:1",    "metadata.after-commit:1", "sweep.claim-ended",
    "blob.removed:1",         "deletion.one-blob-removed:1", "blob.removed:2",          "deletion.one-blob-removed:2",
    "deletion.blobs-removed", "metadata.before-commit:2",    "metadata.after-commit:2", "deletion.finished"};

inline std::string point_name(const testing::TestParamInfo<const char*>& info) {
  std::string name = info.param;
  std::ranges::replace_if(name, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

}  // namespace tintype::testing_support
