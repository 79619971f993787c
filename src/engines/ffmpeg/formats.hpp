#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace recast::engines::ffmpeg {

/// What ffmpeg writes for one of our formats.
struct Container {
  std::string_view name;                       ///< our format name
  std::string_view muxer;                      ///< ffmpeg's
  std::string_view video_codec;                ///< default; empty: sound only
  std::string_view audio_codec;                ///< default; empty: no sound
  std::vector<std::string_view> video_codecs;  ///< what else fits, besides copy and none
  std::vector<std::string_view> audio_codecs;
  std::string_view subtitles;                ///< ffmpeg's codec for a subtitle track; empty: none possible
  bool image = false;                        ///< one frame
  std::vector<std::string_view> settings{};  ///< arguments that its writer cannot do without

  bool has_video() const { return !video_codec.empty() && !image; }
};

const Container* find_container(std::string_view name);
std::span<const Container> containers();

/// Formats ffmpeg reads here, by what they usually hold.
std::span<const std::string_view> video_inputs();
std::span<const std::string_view> audio_inputs();

/// The only demuxers ffmpeg may use, as its -format_whitelist wants them. None of them follows a name in the file to
/// another file or host: playlists, concat scripts, SDP and the like are missing on purpose.
std::string_view demuxers();

}  // namespace recast::engines::ffmpeg
