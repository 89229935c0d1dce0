#pragma once

#include <string_view>

#include <boost/json/object.hpp>

namespace tintype::dynamodb {

// ExpressionAttributeNames for each "#name" in `expression`: {"#name": "name"}. With them no name can be one of
// DynamoDB's reserved words, which are more than 500 ("Reserved words in DynamoDB").
boost::json::object names_in(std::string_view expression);

}  // namespace tintype::dynamodb
