#include "services/store/postgres/deadline.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <optional>

namespace linchpin::store {
namespace {

using std::chrono::steady_clock;

class Deadline : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, fds_), 0);
    socket_.Open(fds_[0]);
  }
  ~Deadline() override {
    close(fds_[0]);
    close(fds_[1]);
  }
  // Waits as libpq does: without limit but for a test that would hang.
  bool Ends() {
    pollfd waited{fds_[0], POLLIN, 0};
    return poll(&waited, 1, 30'000) > 0;
  }
  bool Open() { return send(fds_[1], "x", 1, MSG_NOSIGNAL) == 1; }

  int fds_[2] = {-1, -1};
  GuardedSocket socket_;
  DeadlineThread thread_;
};

TEST_F(Deadline, AWaitThatLastsTooLongEnds) {
  const auto begin = steady_clock::now();
  const DeadlineThread::Guard guard(thread_, socket_, absl::Milliseconds(30));
  EXPECT_TRUE(Ends());
  EXPECT_GE(steady_clock::now() - begin, std::chrono::milliseconds(30));
  EXPECT_FALSE(Open());
}

TEST_F(Deadline, TheEarlierOfTwoCounts) {
  const DeadlineThread::Guard outer(thread_, socket_, absl::InfiniteDuration());
  const DeadlineThread::Guard middle(thread_, socket_, absl::Hours(1));
  const DeadlineThread::Guard inner(thread_, socket_, absl::Milliseconds(1));
  EXPECT_TRUE(Ends());
}

TEST_F(Deadline, AGuardThatIsGoneInTimeDoesNothing) {
  { const DeadlineThread::Guard guard(thread_, socket_, absl::Milliseconds(20)); }
  // One on another socket, which ends later, says when the first would have.
  int other[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, other), 0);
  GuardedSocket later;
  later.Open(other[0]);
  const DeadlineThread::Guard guard(thread_, later, absl::Milliseconds(40));
  pollfd waited{other[0], POLLIN, 0};
  EXPECT_GT(poll(&waited, 1, 30'000), 0);
  EXPECT_TRUE(Open());
  later.Close();
  close(other[0]);
  close(other[1]);
}

TEST_F(Deadline, ADescriptorThatWasGivenBackIsLeftAlone) {
  socket_.Close();
  socket_.Shut();
  EXPECT_TRUE(Open());
}

}  // namespace
}  // namespace linchpin::store
