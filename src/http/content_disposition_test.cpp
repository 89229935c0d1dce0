#include "http/content_disposition.h"

#include <gtest/gtest.h>

namespace tintype::http {
namespace {

using std::string_view_literals::operator""sv;

TEST(FormDisposition, NameAndFilenameInTheirManySpellingsThenRead) {
  struct Case {
    std::string_view field;
    std::string_view name;
    std::optional<std::string_view> filename;
  };
  const Case cases[] = {
      {R"(form-data; name="file"; filename="a.jpg")", "file", "a.jpg"},
      {R"(form-data; name=file; filename=a.jpg)", "file", "a.jpg"},
      {R"(FORM-DATA; NAME="file"; FileName="a.jpg")", "file", "a.jpg"},
      {R"(form-data;filename="a.jpg";name="file")", "file", "a.jpg"},
      {"form-data \t;\tname =  \"file\" ;  filename\t= a.jpg  ", "file", "a.jpg"},
      {R"(form-data; name="file")", "file", std::nullopt},
      {R"(form-data; name="file"; filename="")", "file", ""},
      {R"(form-data; name="file"; filename=)", "file", ""},
      {R"(form-data;; name="file"; ;)", "file", std::nullopt},
      {R"(form-data; name="file"; x=1; filename=my holiday.jpg)", "file", "my holiday.jpg"},
      {R"(form-data; name="file"; filename="a;b=c.jpg")", "file", "a;b=c.jpg"},
      {R"(form-data; name="tags[]")", "tags[]", std::nullopt},
      {R"(form-data; name="file"; filename="smörgås.jpg")", "file", "smörgås.jpg"},
  };
  for (const Case& c : cases) {
    const auto read = parse_form_disposition(c.field);
    ASSERT_TRUE(read) << c.field << ": " << to_string(read.error());
    EXPECT_EQ(read->name, c.name) << c.field;
    EXPECT_EQ(read->filename, c.filename) << c.field;
  }
}

TEST(FormDisposition, EscapesOfClientsInUseThenUndone) {
  struct Case {
    std::string_view written;
    std::string_view filename;
  };
  const Case cases[] = {
      {R"("a\"b.jpg")", R"(a"b.jpg)"},                     // RFC 9110 quoted-pair
      {R"("a\\b.jpg")", R"(a\b.jpg)"},                     //
      {R"("C:\photos\new.jpg")", R"(C:\photos\new.jpg)"},  // old browsers: a path, not escapes
      {R"("a%22b%0D%0Ac.jpg")", "a\"b\r\nc.jpg"},          // browsers since 2021
      {R"("a%0d%0ab.jpg")", "a\r\nb.jpg"},                 //
      {R"("100%.jpg")", "100%.jpg"},                       // other percent signs are themselves
      {R"("a%20b%2.jpg")", "a%20b%2.jpg"},                 //
      {R"("a%2522.jpg")", "a%2522.jpg"},                   //
  };
  for (const Case& c : cases) {
    const auto read = parse_form_disposition("form-data; name=f; filename=" + std::string(c.written));
    ASSERT_TRUE(read) << c.written;
    EXPECT_EQ(read->filename, c.filename) << c.written;
  }
}

TEST(FormDisposition, ExtendedFilenameThenPreferredIfValid) {
  struct Case {
    std::string_view parameters;
    std::optional<std::string_view> filename;
  };
  const Case cases[] = {
      {"filename*=UTF-8''%e2%82%ac.jpg", "€.jpg"},
      {"filename*=utf-8'en'%E2%82%AC%20rates.jpg; filename=\"EURO.jpg\"", "€ rates.jpg"},
      {"filename=\"EURO.jpg\"; FILENAME*=UTF-8''%e2%82%ac.jpg", "€.jpg"},
      {"filename*=iso-8859-1''%A3%20na%efve.jpg", "£ naïve.jpg"},
      {"filename*=\"UTF-8''a.jpg\"", "a.jpg"},
      // Not valid: back to filename.
      {"filename*=UTF-8''%ff.jpg; filename=plain.jpg", "plain.jpg"},
      {"filename*=UTF-8''%e2%82; filename=plain.jpg", "plain.jpg"},
      {"filename*=UTF-8''%zz; filename=plain.jpg", "plain.jpg"},
      {"filename*=UTF-8''a%; filename=plain.jpg", "plain.jpg"},
      {"filename*=UTF-8''a%00b; filename=plain.jpg", "plain.jpg"},
      {"filename*=KOI8-R''%c1.jpg; filename=plain.jpg", "plain.jpg"},
      {"filename*=UTF-8'a.jpg; filename=plain.jpg", "plain.jpg"},
      {"filename*=a.jpg; filename=plain.jpg", "plain.jpg"},
      {"filename*=a.jpg", std::nullopt},
  };
  for (const Case& c : cases) {
    const auto read = parse_form_disposition("form-data; name=f; " + std::string(c.parameters));
    ASSERT_TRUE(read) << c.parameters;
    EXPECT_EQ(read->filename, c.filename) << c.parameters;
  }
}

TEST(FormDisposition, MalformedThenValidationFailedAndSaysWhy) {
  struct Case {
    std::string_view field;
    std::string_view message;
  };
  const Case cases[] = {
      {"", "is not form-data"},
      {"attachment; name=a", "is not form-data"},
      {"form-data", "has no name"},
      {"form-data; filename=a.jpg", "has no name"},
      {"form-data; name=\"\"", "has no name"},
      {"form-data; name*=UTF-8''a", "has no name"},
      {"form-data; name=a; name=b", "more than one name"},
      {"form-data; name=a; NAME=\"a\"", "more than one name"},
      {"form-data; name=a; filename=b; filename=c", "more than one filename"},
      {"form-data; name=a; filename*=UTF-8''b; filename*=UTF-8''c", "more than one filename"},
      {"form-data; name", "malformed parameter"},
      {"form-data; name; filename=a", "malformed parameter"},
      {"form-data; =a", "malformed parameter"},
      {"form-data; name=\"a", "malformed parameter"},
      {"form-data; name=\"a\\\"", "malformed parameter"},
      {"form-data; name=\"a\"b\"", "malformed parameter"},
      {"form-data; name=\"a\" filename=\"b\"", "malformed parameter"},
      {"form-data; name=a\"b", "malformed parameter"},
  };
  for (const Case& c : cases) {
    const auto read = parse_form_disposition(c.field);
    ASSERT_FALSE(read) << c.field;
    EXPECT_EQ(read.error().code, ErrorCode::ValidationFailed) << c.field;
    EXPECT_NE(read.error().public_message.find(c.message), std::string::npos) << read.error().public_message;
  }
}

TEST(HeaderParameters, EveryPrefixOfAFieldThenReadOrRefusedWithoutTouchingWhatFollows) {
  constexpr auto kField = "form-data; name=\"a\\\\\\\"\"; filename*=UTF-8''%e2%82%ac; x = y\t;"sv;
  for (std::size_t size = 0; size <= kField.size(); ++size) {
    const std::string exact(kField.substr(0, size));  // its own allocation, so that ASan sees a read behind it
    (void)parse_parameters(exact);
    (void)parse_form_disposition(exact);
  }
  EXPECT_EQ(parse_parameters(kField)->size(), 3U);
}

}  // namespace
}  // namespace tintype::http
