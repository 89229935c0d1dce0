#pragma once

#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "model/image_event.h"
#include "service/event_queue.h"

namespace tintype {

// Follows what the event log has of one user, and tells each event once to each of those who listen.
//
// The log may show an event late (kEventDisorder): so a look goes back that far behind the newest event, and what was
// seen there before is left out. Whoever joins reads the log, too: the feed gets to know what was there before it
// began, and which events they need not be told again.
//
// Thread safety: none; whoever has it guards it.
class EventFeed {
 public:
  // Of what happens from `now` on.
  explicit EventFeed(UnixTime now);

  // Events after this id are to be looked at.
  std::string look_from() const;
  // False until somebody who has joined has caught up: then what is in the log may be old.
  bool has_begun() const { return has_begun_; }

  // From now on it is told of events that the feed finds.
  void join(std::shared_ptr<EventQueue> queue);
  // Whoever has joined with this queue has then read the log, from kEventDisorder ago or earlier, and found these: it
  // needs not be told of them. False: somebody else has begun the feed meanwhile, with what was there when they read;
  // read again.
  bool caught_up(const EventQueue& queue, std::span<const std::string> ids);
  void leave(const EventQueue& queue);

  // Events that a look has found, in order. How many members had no room, and are out.
  int tell(std::span<const ImageEvent> events);
  // Ends all queues.
  void end();

 private:
  struct Member {
    std::shared_ptr<EventQueue> queue;  // shared with the subscriber
    bool came_before_the_begin = false;
    std::set<std::string> known = {};  // not to be told, though the feed has not seen them yet
  };
  void remember(const std::string& id);
  void forget_old();

  std::uint64_t newest_;        // Unix milliseconds of the newest event seen, or of the beginning
  std::string floor_;           // nothing up to here is looked at, whatever newest_ says
  std::set<std::string> seen_;  // ids after look_from()
  bool has_begun_ = false;
  std::map<const EventQueue*, Member> members_;
};

}  // namespace tintype
