#pragma once

#include "config/settings.h"
#include "main/aws_composition.h"
#include "service/diagnose_metadata.h"
#include "service/diagnosis.h"

namespace tintype {

// The area "dynamodb": whether its tables are there and right, and what the engine can do. Needs "aws/credentials".
// What is given by reference, here and below, must outlive the checks.
CheckArea dynamodb_checks(AwsParts& aws, DynamoDbParts& dynamodb, const config::Settings& settings);

// The checks of the store itself, which need "dynamodb/tables" and "dynamodb/transactions".
MetadataDiagnosis dynamodb_diagnosis(AwsParts& aws, DynamoDbParts& dynamodb, const config::Settings& settings);

}  // namespace tintype
