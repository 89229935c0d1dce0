#include "http/routes.h"

#include <gtest/gtest.h>

namespace tintype::http {
namespace {

std::vector<Route> table() {
  return {{"POST", "/images", Lane::Upload, Access::User, BodyKind::Upload, {}},
          {"GET", "/images", Lane::Store, Access::User, BodyKind::None, {}},
          {"GET", "/images/{id}", Lane::Store, Access::User, BodyKind::None, {}},
          {"DELETE", "/images/{id}", Lane::Store, Access::User, BodyKind::None, {}},
          {"GET", "/images/{id}/events", Lane::Store, Access::User, BodyKind::None, {}},
          {"GET", "/blobs/{key...}", Lane::Store, Access::BlobReader, BodyKind::None, {}}};
}

TEST(Routes, MethodAndPathFindTheRoute) {
  const auto routes = table();
  EXPECT_EQ(match_route(routes, "POST", "/images").route, &routes[0]);
  EXPECT_EQ(match_route(routes, "GET", "/images").route, &routes[1]);
  EXPECT_EQ(match_route(routes, "HEAD", "/images").route, &routes[1]);
}

TEST(Routes, OneSegmentIsCapturedDecoded) {
  const auto routes = table();
  const auto match = match_route(routes, "DELETE", "/images/a%20b");
  EXPECT_EQ(match.route, &routes[3]);
  EXPECT_EQ(match.captured, "a b");
}

TEST(Routes, SegmentInTheMiddleIsCapturedDecoded) {
  const auto routes = table();
  const auto match = match_route(routes, "GET", "/images/a%2Fb/events");
  EXPECT_EQ(match.route, &routes[4]);
  EXPECT_EQ(match.captured, "a/b");
  EXPECT_EQ(match_route(routes, "GET", "/images/events").route, &routes[2]);
  EXPECT_EQ(match_route(routes, "GET", "/images/events/events").captured, "events");
}

TEST(Routes, RestWithSlashesIsCapturedWhole) {
  const auto routes = table();
  EXPECT_EQ(match_route(routes, "GET", "/blobs/images/ann/x.webp").captured, "images/ann/x.webp");
}

TEST(Routes, WhatDoesNotMatchHasNoRoute) {
  const auto routes = table();
  for (const char* path :
       {"/", "", "/image", "/images/", "/images/a/b", "/blobs", "/blobs/", "/images/%zz", "/images/%00",
        "/images//events", "/images/a/events/", "/images/a/b/events", "/images/%zz/events"}) {
    EXPECT_EQ(match_route(routes, "GET", path).route, nullptr) << path;
    EXPECT_EQ(match_route(routes, "GET", path).allow, "") << path;
  }
}

TEST(Routes, WrongMethodNamesTheRightOnes) {
  const auto routes = table();
  const auto match = match_route(routes, "PUT", "/images/x");
  EXPECT_EQ(match.route, nullptr);
  EXPECT_EQ(match.allow, "GET, HEAD, DELETE");
}

}  // namespace
}  // namespace tintype::http
