#include "services/base/redact.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace linchpin::base {
namespace {

using testing::HasSubstr;
using testing::Not;

struct RedactCase {
  const char* address;
  const char* shown;
};

TEST(RedactAddress, ShowsWhatHelpsAndNoPassword) {
  const RedactCase cases[] = {
      {"sqlite:/var/lib/linchpin", "sqlite:/var/lib/linchpin"},
      {"linchpin-data", "linchpin-data"},
      {"", ""},
      {"postgresql://u:s3cret@h:5432/db", "postgresql://u:***@h:5432/db"},
      {"postgresql://h/db", "postgresql://h/db"},
      {"postgresql://u:p?w@h/db", "postgresql://u:***@h/db"},
      {"postgresql://u:p/w@h/db", "postgresql://u:***@h/db"},
      {"postgresql://u:a@b:c@h/db", "postgresql://u:***@h/db"},
      {"postgresql://u@h/db?password=s3cret&sslmode=require",
       "postgresql://u@h/db?password=***&sslmode=require"},
      {"postgresql://h/db?%70assword=s3cret", "postgresql://h/db?%70assword=***"},
      {"postgresql:host=h password=s3cret dbname=db", "postgresql:host=h password=*** dbname=db"},
      {"postgresql:password = 's3 cr\\' et' dbname=db", "postgresql:password = *** dbname=db"},
      {"postgresql:host=h password=s3cret", "postgresql:host=h password=***"},
      {"postgresql:sslpassword=s3cret user='a b'", "postgresql:sslpassword=*** user='a b'"},
  };
  for (const RedactCase& one : cases) EXPECT_EQ(RedactAddress(one.address), one.shown);
}

TEST(RedactAddress, HidesAPasswordHoweverWronglyItIsWritten) {
  for (const char* address :
       {"postgresql:password=my canary", "postgresql:password='canary",
        "postgresql://h/db?password=x@canary&password=canary", "postgres://u:canary@h", "mysql://u:canary@h",
        "postgresql:password=a\\ canary", "password=canary", "u:canary@h", "postgresql://u:p#canary@h/db"}) {
    EXPECT_THAT(RedactAddress(address), Not(HasSubstr("canary"))) << address;
  }
}

}  // namespace
}  // namespace linchpin::base
