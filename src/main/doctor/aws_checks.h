#pragma once

#include "main/aws_composition.h"
#include "service/diagnosis.h"

namespace tintype {

// Which credentials there are, and from where. All that is given by reference, here and below, must outlive the checks.
CheckArea aws_checks(AwsParts& aws);

// Whether something answers HTTP at the endpoint of `client`, and whether its clock and ours agree: the first two
// checks of `area`, called "endpoint" and "clock".
std::vector<Check> endpoint_checks(AwsParts& aws, const aws::AwsClient& client, const std::string& area,
                                   const std::string& setting);

// `offset` is what is added to our clock to get the other one.
CheckOutcome judge_clock(std::chrono::milliseconds offset);

}  // namespace tintype
