#include "adapters/webhook_http/special_address.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/un.h>

namespace tintype {
namespace {

// As libcurl would hand it to the socket.
std::optional<std::string_view> purpose(const char* text) {
  sockaddr_storage storage{};
  auto* const four = reinterpret_cast<sockaddr_in*>(&storage);
  auto* const six = reinterpret_cast<sockaddr_in6*>(&storage);
  if (::inet_pton(AF_INET, text, &four->sin_addr) == 1) {
    storage.ss_family = AF_INET;
  } else if (::inet_pton(AF_INET6, text, &six->sin6_addr) == 1) {
    storage.ss_family = AF_INET6;
  } else {
    ADD_FAILURE() << text << " is no address";
  }
  return special_purpose(reinterpret_cast<const sockaddr&>(storage));
}

struct Case {
  const char* address;
  const char* purpose;
};

class SpecialAddress : public testing::TestWithParam<Case> {};

TEST_P(SpecialAddress, IsKnownByItsPurpose) {
  const auto found = purpose(GetParam().address);
  ASSERT_TRUE(found) << GetParam().address;
  EXPECT_EQ(*found, GetParam().purpose) << GetParam().address;
}

// The first and the last of each block.
INSTANTIATE_TEST_SUITE_P(V4, SpecialAddress,
                         testing::Values(Case{"0.0.0.0", "this network"}, Case{"0.255.255.255", "this network"},
                                         Case{"10.0.0.0", "private network"}, Case{"10.255.255.255", "private network"},
                                         Case{"100.64.0.0", "carrier-grade NAT"},
                                         Case{"100.127.255.255", "carrier-grade NAT"}, Case{"127.0.0.1", "loopback"},
                                         Case{"127.255.255.255", "loopback"}, Case{"169.254.0.0", "link-local"},
                                         Case{"169.254.169.254", "link-local"}, Case{"169.254.255.255", "link-local"},
                                         Case{"172.16.0.0", "private network"},
                                         Case{"172.31.255.255", "private network"},
                                         Case{"192.0.0.0", "protocol assignment"},
                                         Case{"192.0.0.255", "protocol assignment"}, Case{"192.0.2.1", "documentation"},
                                         Case{"192.88.99.1", "6to4 relay"}, Case{"192.168.0.0", "private network"},
                                         Case{"192.168.255.255", "private network"}, Case{"198.18.0.0", "benchmarking"},
                                         Case{"198.19.255.255", "benchmarking"}, Case{"198.51.100.7", "documentation"},
                                         Case{"203.0.113.7", "documentation"}, Case{"224.0.0.1", "multicast"},
                                         Case{"239.255.255.255", "multicast"}, Case{"240.0.0.0", "reserved"},
                                         Case{"255.255.255.254", "reserved"}, Case{"255.255.255.255", "broadcast"}));

INSTANTIATE_TEST_SUITE_P(V6, SpecialAddress,
                         testing::Values(Case{"::", "unspecified"}, Case{"::1", "loopback"}, Case{"::2", "not in use"},
                                         Case{"::127.0.0.1", "not in use"}, Case{"64:ff9b:1::a00:1", "local NAT64"},
                                         Case{"100::1", "discard-only"}, Case{"100:0:0:1::1", "not in use"},
                                         Case{"2001::1", "protocol assignment"},
                                         Case{"2001:1ff:ffff::1", "protocol assignment"},
                                         Case{"2001:db8::1", "documentation"},
                                         Case{"2001:db8:ffff::1", "documentation"}, Case{"3fff::1", "documentation"},
                                         Case{"3fff:fff:ffff::1", "documentation"}, Case{"5f00::1", "segment routing"},
                                         Case{"fc00::1", "private network"}, Case{"fdff:ffff::1", "private network"},
                                         Case{"fe80::1", "link-local"}, Case{"febf:ffff::1", "link-local"},
                                         Case{"fec0::1", "private network"}, Case{"ff02::1", "multicast"},
                                         Case{"4000::1", "not in use"}, Case{"1fff:ffff::1", "not in use"}));

INSTANTIATE_TEST_SUITE_P(
    V4InV6, SpecialAddress,
    testing::Values(Case{"::ffff:127.0.0.1", "loopback"}, Case{"::ffff:10.1.2.3", "private network"},
                    Case{"::ffff:169.254.169.254", "link-local"}, Case{"64:ff9b::127.0.0.1", "loopback"},
                    Case{"64:ff9b::192.168.1.1", "private network"}, Case{"2002:7f00:1::", "loopback"},
                    Case{"2002:a01:203::1", "private network"}, Case{"2002:a9fe:a9fe::1", "link-local"}));

class PublicAddress : public testing::TestWithParam<const char*> {};

TEST_P(PublicAddress, HasNoSpecialPurpose) {
  EXPECT_EQ(purpose(GetParam()), std::nullopt);
}

// The neighbours of the blocks above among them.
INSTANTIATE_TEST_SUITE_P(All, PublicAddress,
                         testing::Values("1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0",
                                         "126.255.255.255", "128.0.0.0", "169.253.255.255", "169.255.0.0",
                                         "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.0.3.0", "192.167.255.255",
                                         "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255", "8.8.8.8",
                                         "2000::1", "2001:200::1", "2001:db7::1", "2001:db9::1", "2600::1",
                                         "3ffe:ffff::1", "3fff:1000::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8",
                                         "2002:808:808::1"));

TEST(SpecialAddresses, WhatIsNotOfTheInternetIsNotPublic) {
  sockaddr_un local{};
  local.sun_family = AF_UNIX;
  EXPECT_EQ(special_purpose(reinterpret_cast<const sockaddr&>(local)), "not of the internet");
  EXPECT_EQ(address_text(reinterpret_cast<const sockaddr&>(local)), "(unknown)");
}

TEST(SpecialAddresses, TextIsReadIfItIsAnAddress) {
  EXPECT_EQ(special_purpose(std::string("127.0.0.1")), "loopback");
  EXPECT_EQ(special_purpose(std::string("fd00::1")), "private network");
  EXPECT_EQ(special_purpose(std::string("8.8.8.8")), std::nullopt);
  EXPECT_EQ(special_purpose(std::string("example.com")), std::nullopt);
}

}  // namespace
}  // namespace tintype
