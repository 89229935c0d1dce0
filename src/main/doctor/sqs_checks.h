#pragma once

#include "config/settings.h"
#include "main/aws_composition.h"
#include "service/diagnosis.h"

namespace tintype {

// The area "sqs": whether the queue and that of its dead letters are there and belong together, and whether the
// credentials may do with them what a service does. Leaves them as they are. Needs "aws/credentials". What is given by
// reference must outlive the checks.
CheckArea sqs_checks(AwsParts& aws, SqsParts& sqs, const config::Settings& settings);

}  // namespace tintype
