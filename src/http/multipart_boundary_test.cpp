#include <gtest/gtest.h>

#include "http/multipart_reader.h"

namespace tintype::http {
namespace {

TEST(BoundaryOf, WellFormedContentTypeThenItsBoundary) {
  struct Case {
    std::string_view content_type;
    std::string_view boundary;
  };
  const std::string longest = "multipart/form-data; boundary=" + std::string(70, 'x');
  const Case cases[] = {
      {"multipart/form-data; boundary=abc", "abc"},
      {"multipart/form-data; boundary=\"abc\"", "abc"},
      {"Multipart/Form-Data;BOUNDARY=aBc", "aBc"},
      {"multipart/form-data ; charset=utf-8 ; boundary=abc ; x=\"y;boundary=z\"", "abc"},
      {"multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW", "----WebKitFormBoundary7MA4YWxkTrZu0gW"},
      {"multipart/form-data; boundary=\"a b'()+_,-./:=?\"", "a b'()+_,-./:=?"},
      {"multipart/form-data; boundary==_Part:1/2", "=_Part:1/2"},
      {longest, std::string_view(longest).substr(30)},
  };
  for (const Case& c : cases) EXPECT_EQ(boundary_of(c.content_type), c.boundary) << c.content_type;
}

TEST(BoundaryOf, AnotherTypeOrBadBoundaryThenNothing) {
  const std::string too_long = "multipart/form-data; boundary=" + std::string(71, 'x');
  const std::string_view bad[] = {
      "",
      "image/jpeg",
      "multipart/mixed; boundary=abc",
      "multipart/form-data",
      "multipart/form-datax; boundary=abc",
      "multipart/form-data; boundary",
      "multipart/form-data; boundary=",
      "multipart/form-data; boundary=\"\"",
      "multipart/form-data; boundary=\"abc",
      "multipart/form-data; boundary=\"abc \"",
      "multipart/form-data; boundary=a*b",
      "multipart/form-data; boundary=\"a\r\nb\"",
      "multipart/form-data; boundary=\"a\\\"b\"",
      "multipart/form-data; boundary=b\xc3\xa4r",
      "multipart/form-data; boundary=abc; boundary=abc",
      too_long,
  };
  for (const std::string_view content_type : bad) EXPECT_EQ(boundary_of(content_type), std::nullopt) << content_type;
}

}  // namespace
}  // namespace tintype::http
