#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Where the viewers' edge and the engine meet: a peer is one connection, a ShardEngine the engine's half of one loop.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "codec/native_message.h"
#include "domain/ids.h"

namespace matchcue::engine {

/// How a frame is treated when its viewer reads slowly (audience/outbox.h).
enum class FrameClass {
  slate,    ///< a newer one makes an older unsent one worthless
  retract,  ///< never dropped
  control,  ///< welcome, acknowledgements, errors: never dropped
};

/// A text frame with room around the payload for the transport's own framing: payload[-kFrameHeadroom .. -1] and
/// payload[size .. size + kFrameTailroom - 1] may be overwritten.
constexpr std::size_t kFrameHeadroom = 96;
constexpr std::size_t kFrameTailroom = 2;
struct OutFrame {
  char* payload;
  std::size_t size;
  FrameClass frame_class;
  domain::Sequence sequence;  ///< 0 when the frame has none

  std::string_view text() const { return {payload, size}; }
};

/// Why the engine ends a connection; the gateway picks the close code.
enum class CloseReason { unknown_content, replaced, going_away };

/// One viewer's connection. Loop thread only.
class ViewerPeer {
 public:
  virtual ~ViewerPeer() = default;
  /// Hands the frame to the kernel or to the peer's bounded outbox. The frame's memory is the caller's again at return.
  /// May find the peer dead; it then calls ShardEngine::disconnect later, never from inside.
  virtual void send(const OutFrame& frame) = 0;
  /// Closes after what is queued. Later sends are ignored.
  virtual void close(CloseReason reason) = 0;
};

enum class Route { native, sample };

/// Names a session on its shard; 0 is none. Never reused.
using SessionKey = std::uint64_t;

struct Introduction {
  Route route = Route::native;
  codec::HelloMessage hello;
  domain::Values attributes = {};  ///< of the viewer, from their ticket: over the catalogue's
};

/// One per loop, on that loop's thread.
class ShardEngine {
 public:
  virtual ~ShardEngine() = default;

  /// Why introduce() would refuse it now, if it would; nothing changes.
  virtual Result<void> can_introduce(const Introduction& introduction) const = 0;
  /// Opens or resumes a session of a viewer that this shard owns. On the native route this sends the welcome and what
  /// was missed (or the current slate) through `peer` before it returns. `peer` must stay valid until disconnect().
  /// A second introduction of the same viewer, content and device replaces the first, whose peer is closed (replaced).
  /// Errors: unknown_content (native route), unavailable.
  virtual Result<SessionKey> introduce(ViewerPeer* peer, const Introduction& introduction) = 0;
  /// A frame of a session's client; answers, if any, go to its peer, at once or when durable. Malformed frames never
  /// get here.
  virtual void receive(SessionKey session, const codec::ClientMessage& message) = 0;
  /// What a newer ticket says of a session's viewer, from their next decision on.
  virtual void describe_viewer(SessionKey session, const domain::Values& attributes) = 0;
  /// The peer is gone. The session waits for its viewer for the resume window.
  virtual void disconnect(SessionKey session) = 0;
  /// What the gateway's own frames say.
  virtual const codec::RetryAdvice& retry() const = 0;
  virtual const std::string& epoch() const = 0;
};

}  // namespace matchcue::engine
