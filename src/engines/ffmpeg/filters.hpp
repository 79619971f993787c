#pragma once

#include <string>

#include "base/result.hpp"
#include "engines/ffmpeg/formats.hpp"
#include "engines/ffmpeg/options.hpp"

namespace recast::engines::ffmpeg {

/// Width and height from both spellings of the API; invalid_data for a video_resolution that is none.
Result<> apply_resolution(Options& options);

/// Whether any option changes the picture, which a copied stream cannot follow.
bool changes_picture(const Options& options);
bool changes_sound(const Options& options);

/// Subtitles to draw into the picture.
struct Burned {
  std::string file = {};  ///< empty: none
  double cut = 0;         ///< seconds of the film that are left out before its first picture
};

/// The filter chain of the picture, empty if there is nothing to do.
Result<std::string> picture_filters(const Options& options, const Container& container, const Burned& subtitles = {});
std::string sound_filters(const Options& options);

}  // namespace recast::engines::ffmpeg
