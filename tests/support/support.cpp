#include "tests/support/fake_clock.h"
#include "tests/support/temp_directory.h"
