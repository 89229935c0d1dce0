#include "adapters/aws/xml.h"

#include <gtest/gtest.h>

namespace tintype::aws {
namespace {

TEST(Xml, ElementsAndTheirTextAreFound) {
  const auto list = parse_xml(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
      "<IsTruncated>false</IsTruncated><Contents><Key>a &amp; b "
      "&#x41;</Key></Contents><Contents><Key>c</Key></Contents>"
      "</ListBucketResult>");
  ASSERT_TRUE(list);
  EXPECT_EQ(list->name, "ListBucketResult");
  EXPECT_EQ(list->child_text("IsTruncated"), "false");
  EXPECT_EQ(list->children.size(), 3u);
  EXPECT_EQ(list->child("Contents")->child_text("Key"), "a & b A");
  EXPECT_EQ(list->child_text("Prefix"), "");
}

TEST(Xml, WhatIsNotWellFormedOrNotOurKindIsRefused) {
  for (const char* text :
       {"", "plain", "<a>", "<a></b>", "<a>\xff</a>", "<!DOCTYPE a [<!ENTITY e \"x\">]><a>&e;</a>"}) {
    EXPECT_FALSE(parse_xml(text)) << text;
  }
}

TEST(Xml, LimitsHold) {
  EXPECT_TRUE(parse_xml("<a><b/><c/></a>", {.elements = 3}));
  EXPECT_FALSE(parse_xml("<a><b/><c/></a>", {.elements = 2}));
  EXPECT_FALSE(parse_xml("<a><b><c/></b></a>", {.depth = 2}));
  EXPECT_FALSE(parse_xml("<a></a>", {.bytes = 6}));
}

TEST(Xml, EscapedTextComesBack) {
  const std::string text = R"(a<b>&"c'd)";
  EXPECT_EQ(parse_xml("<k>" + xml_escape(text) + "</k>")->text, text);
}

}  // namespace
}  // namespace tintype::aws
