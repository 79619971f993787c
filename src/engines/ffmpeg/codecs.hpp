#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "engines/ffmpeg/formats.hpp"
#include "engines/ffmpeg/options.hpp"

namespace recast::engines::ffmpeg {

using Arguments = std::vector<std::string>;

/// The codec a task gets: the option in one spelling, or the container's default; "copy" and "none" are kept.
/// invalid_data if the container cannot hold it.
Result<std::string> choose_video_codec(const Options& options, const Container& container);
Result<std::string> choose_audio_codec(const Options& options, const Container& container);

/// ffmpeg's encoder and its settings. invalid_data for a value this codec does not have.
Result<Arguments> encode_video(const std::string& codec, const Options& options, const Container& container);
Result<Arguments> encode_audio(const std::string& codec, const Options& options, const Container& container);

}  // namespace recast::engines::ffmpeg
