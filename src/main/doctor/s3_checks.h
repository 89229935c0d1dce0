#pragma once

#include "config/settings.h"
#include "main/aws_composition.h"
#include "service/diagnose_blobs.h"
#include "service/diagnosis.h"

namespace tintype {

// The area "s3": whether its bucket can be reached and used at all. Needs "aws/credentials". What is given by
// reference, here and below, must outlive the checks.
CheckArea s3_checks(AwsParts& aws, S3Parts& s3, const config::Settings& settings);

// The checks of the store itself, which need "s3/bucket".
BlobDiagnosis s3_diagnosis(AwsParts& aws, S3Parts& s3, const config::Settings& settings);

}  // namespace tintype
