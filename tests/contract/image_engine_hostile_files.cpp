#include "tests/contract/image_engine_hostile_files.h"

#include <array>

#include "base/text.h"

namespace tintype::testing_support {
namespace {

constexpr std::size_t kAfterJpegSignature = 2;
constexpr std::size_t kAfterPngHeader = 8 + 12 + 13;

std::string payload() {
  return "<html><script>alert(1)</script><?php system('id'); // " + std::string(kSecret) + " ?>";
}

std::string big_endian(std::uint32_t value, int bytes = 4) {
  std::string text;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) text += static_cast<char>(value >> shift);
  return text;
}
std::string little_endian(std::uint32_t value, int bytes = 4) {
  const std::string text = big_endian(value, bytes);
  return {text.rbegin(), text.rend()};
}

std::array<std::uint32_t, 256> make_crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    table[i] = i;
    for (int bit = 0; bit < 8; ++bit) table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0xEDB88320 : 0);
  }
  return table;
}

// PNG third edition, annex D; ZIP has the same.
std::uint32_t crc_of(std::string_view text) {
  static const auto table = make_crc_table();
  std::uint32_t crc = 0xFFFFFFFF;
  for (const char byte : text) crc = table[(crc ^ static_cast<unsigned char>(byte)) & 255] ^ crc >> 8;
  return ~crc;
}

ImageBytes with_tail(const ImageBytes& file, std::string_view tail) {
  return to_bytes(std::string(as_text(file)).append(tail));
}

ImageBytes with_insertion(const ImageBytes& file, std::size_t at, std::string_view part) {
  return to_bytes(std::string(as_text(file)).insert(at, part));
}

// One stored file, `offset` bytes into the whole (APPNOTE.TXT 4.3).
std::string zip_archive(std::string_view content, std::size_t offset) {
  const std::string name = "index.html";
  const auto size = static_cast<std::uint32_t>(content.size());
  const std::string common = little_endian(10, 2) + std::string(8, '\0') + little_endian(crc_of(content)) +
                             little_endian(size) + little_endian(size) +
                             little_endian(static_cast<std::uint32_t>(name.size()), 2) + little_endian(0, 2);
  const std::string local = "PK\x03\x04" + common + name + std::string(content);
  const std::string central = "PK\x01\x02" + little_endian(10, 2) + common + std::string(10, '\0') +
                              little_endian(static_cast<std::uint32_t>(offset)) + name;
  return local + central + "PK\x05\x06" + little_endian(0) + little_endian(1, 2) + little_endian(1, 2) +
         little_endian(static_cast<std::uint32_t>(central.size())) +
         little_endian(static_cast<std::uint32_t>(offset + local.size())) + little_endian(0, 2);
}

ImageBytes with_zip(const ImageBytes& file) {
  return with_tail(file, zip_archive(payload(), file.size()));
}

std::string jpeg_segment(char marker, std::string_view content) {
  return std::string("\xFF") + marker + big_endian(static_cast<std::uint32_t>(content.size() + 2), 2) +
         std::string(content);
}

ImageBytes jpeg_with_segment(char marker, std::string_view content) {
  return with_insertion(make_jpeg({}), kAfterJpegSignature, jpeg_segment(marker, content));
}

std::string png_chunk(std::string_view type, std::string_view content) {
  const std::string body = std::string(type) + std::string(content);
  return big_endian(static_cast<std::uint32_t>(content.size())) + body + big_endian(crc_of(body));
}

// With the size in the RIFF header made right.
ImageBytes webp_with_chunk(std::string_view type, std::string content) {
  content.resize(content.size() + content.size() % 2, ' ');
  std::string file(as_text(make_webp({})));
  file += std::string(type) + little_endian(static_cast<std::uint32_t>(content.size())) + content;
  file.replace(4, 4, little_endian(static_cast<std::uint32_t>(file.size() - 8)));
  return to_bytes(file);
}

// RFC 1951: Huffman codes come with their first bit first, everything else with the lowest.
class BitWriter {
 public:
  void code(unsigned bits, int count) {
    while (count-- > 0) bit(bits >> count & 1);
  }
  void literal(unsigned char byte) { byte < 144 ? code(0x30U + byte, 8) : code(0x190U + byte - 144U, 9); }
  void bit(unsigned value) {
    byte_ |= value << filled_;
    if (++filled_ == 8) flush();
  }
  std::string finish() {
    if (filled_ > 0) flush();
    return std::move(bytes_);
  }

 private:
  void flush() {
    bytes_ += static_cast<char>(byte_);
    byte_ = 0;
    filled_ = 0;
  }

  std::string bytes_;
  unsigned byte_ = 0;
  int filled_ = 0;
};

// RFC 1950 section 8.2. Zeros leave the first sum as it is.
std::string adler_of(std::string_view head, std::size_t total) {
  constexpr std::uint64_t kPrime = 65521;
  std::uint64_t first = 1;
  std::uint64_t second = 0;
  for (const char byte : head) {
    first = (first + static_cast<unsigned char>(byte)) % kPrime;
    second = (second + first) % kPrime;
  }
  second = (second + first * (total - head.size())) % kPrime;
  return big_endian(static_cast<std::uint32_t>(second << 16 | first));
}

}  // namespace

std::vector<HostileFile> polyglots() {
  const std::string xmp = "http://ns.adobe.com/xap/1.0/" + std::string(1, '\0') + "<x:xmpmeta>" + payload();
  return {{"jpeg, then zip", with_zip(make_jpeg({}))},
          {"png, then zip", with_zip(make_png({}))},
          {"webp, then zip", with_zip(make_webp({}))},
          {"jpeg with a comment", jpeg_with_segment('\xFE', payload())},
          {"jpeg with xmp", jpeg_with_segment('\xE1', xmp)},
          {"jpeg with a segment of no meaning", jpeg_with_segment('\xEF', payload())},
          {"png with text", png_with_chunk("tEXt", "Comment" + std::string(1, '\0') + payload())},
          {"png with a private chunk", png_with_chunk("evIl", payload())},
          {"webp with a private chunk", webp_with_chunk("EVIL", payload())},
          {"webp with xmp", webp_with_chunk("XMP ", payload())},
          {"webp, then html", with_tail(make_webp({}), payload())}};
}

std::string deflated_zeros(std::string_view head, std::size_t total) {
  constexpr std::size_t kLongest = 258;
  BitWriter bits;
  bits.bit(1);  // the last block
  bits.bit(1);  // with fixed codes: 01, lowest bit first
  bits.bit(0);
  for (const char byte : head) bits.literal(static_cast<unsigned char>(byte));
  bits.literal(0);
  std::size_t left = total - head.size() - 1;
  for (; left >= kLongest; left -= kLongest) {
    bits.code(0xC5, 8);  // as long as can be, symbol 285
    bits.code(0, 5);     // of what was one byte ago
  }
  for (; left > 0; --left) bits.literal(0);
  bits.code(0, 7);  // end of block
  return "\x78\x01" + bits.finish() + adler_of(head, total);
}

ImageBytes png_with_chunk(std::string_view type, std::string_view content) {
  return with_insertion(make_png({}), kAfterPngHeader, png_chunk(type, content));
}

ImageBytes empty_png(std::uint32_t edge, int bits) {
  constexpr int kBands = 4;
  const std::string header =
      big_endian(edge) + big_endian(edge) + static_cast<char>(bits) + std::string("\x06\0\0\0", 4);  // RGBA
  const std::size_t row = 1 + std::size_t{edge} * kBands * static_cast<unsigned>(bits) / 8;
  return to_bytes("\x89PNG\r\n\x1A\n" + png_chunk("IHDR", header) + png_chunk("IDAT", deflated_zeros({}, row * edge)) +
                  png_chunk("IEND", {}));
}

ImageBytes jpeg_with_profile(const TestImage& image, std::string_view profile) {
  constexpr std::size_t kMost = 65519;
  const std::size_t count = (profile.size() + kMost - 1) / kMost;
  std::string segments;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string head = "ICC_PROFILE" + std::string(1, '\0') + static_cast<char>(i + 1) + static_cast<char>(count);
    segments += jpeg_segment('\xE2', head + std::string(profile.substr(i * kMost, kMost)));
  }
  return with_insertion(make_jpeg(image), kAfterJpegSignature, segments);
}

std::string padded_profile(std::string_view name, std::size_t bytes) {
  const auto file = make_jpeg({.profile = name});
  const std::string_view text = as_text(file);
  const std::size_t segment = text.find(std::string_view("ICC_PROFILE\0\1\1", 14));
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text.at(at)); };
  const std::size_t size = static_cast<std::size_t>(byte(segment - 2)) << 8 | byte(segment - 1);
  std::string profile(text.substr(segment + 14, size - 2 - 14));
  profile.resize(bytes, '\0');
  return profile.replace(0, 4, big_endian(static_cast<std::uint32_t>(bytes)));  // ICC.1:2022 section 7.2.2
}

}  // namespace tintype::testing_support
