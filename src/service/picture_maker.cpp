#include "service/picture_maker.h"

#include <array>
#include <string>

namespace tintype {
namespace {

tl::unexpected<Error> too_large(std::string what, std::uint64_t limit, std::uint64_t actual) {
  Error error{ErrorCode::ImageTooLarge, std::move(what)};
  error.members.push_back({"limit", static_cast<std::int64_t>(limit)});
  error.members.push_back({"actual", static_cast<std::int64_t>(actual)});
  return fail(std::move(error));
}

// Adds how long `work` takes, and gives what it gives.
template <typename Work>
auto timed(std::chrono::steady_clock::duration& time, const Work& work) {
  const auto start = std::chrono::steady_clock::now();
  auto result = work();
  time += std::chrono::steady_clock::now() - start;
  return result;
}

}  // namespace

Result<void> check_header(const ImageHeader& header, const PictureLimits& limits) {
  if (header.width < 1 || header.height < 1) return fail(ErrorCode::ImageUndecodable, "the image has no pixels");
  const std::uint64_t pixels = static_cast<std::uint64_t>(header.width) * header.height;
  if (pixels > limits.max_pixels) {
    return too_large("the image has " + std::to_string(pixels) + " pixels; at most " +
                         std::to_string(limits.max_pixels) + " are accepted",
                     limits.max_pixels, pixels);
  }
  const Size output = output_size(limits.main, {header.upright_width(), header.upright_height()});
  const int edge = std::max(output.width, output.height);
  if (edge > kMaxWebpEdge) {
    return too_large("an edge of the image is " + std::to_string(edge) + " pixels long; WebP holds at most " +
                         std::to_string(kMaxWebpEdge),
                     kMaxWebpEdge, edge);
  }
  return {};
}

Result<PictureMaker::Job> PictureMaker::begin(const EncodedImage& file, Deadline deadline) {
  Job::Time probe_time{};
  auto probed = timed(probe_time, [&] { return engine_.probe(file, deadline); });
  if (!probed) return fail(probed.error());
  if (auto checked = check_header(probed->header, limits_); !checked) return fail(checked.error());
  auto ticket = admission_.enter(predicted_bytes(probed->header, limits_.main), deadline);
  if (!ticket) return fail(ticket.error());
  return Job(*this, file, *probed, probe_time, std::move(*ticket));
}

Result<RenderedImage> PictureMaker::Job::main(Deadline deadline) {
  return timed(engine_time_, [&] { return maker_.engine_.render(file_, maker_.limits_.main, deadline); });
}

Result<PictureMaker::Job::Both> PictureMaker::Job::both(Deadline deadline) {
  const std::array specs{maker_.limits_.main, maker_.limits_.thumbnail};
  auto pictures = timed(engine_time_, [&] { return maker_.engine_.render_all(file_, specs, deadline); });
  if (!pictures) return fail(std::move(pictures.error()));
  return Both{std::move((*pictures)[0]), std::move((*pictures)[1])};
}

}  // namespace tintype
