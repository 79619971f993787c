#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "operations/command/grammar.hpp"

namespace recast::operations::command {

namespace {

/// Options of ffmpeg(1) and of its coders, without the stream after the colon; see find_option().
constexpr std::string_view kFfmpeg =
    "-ab=w -ac=w -accurate_seek -acodec=w -adrift_threshold=w -af=s -aframes=w -an -application=w "
    "-apply_cropping=w -aq-mode=w -aq-strength=w -aq=w -ar=w -aspect=w -async=w -auto-alt-ref=w -autorotate "
    "-autoscale -avoid_negative_ts=w -b=w -b_strategy=w -bf=w -bitexact -brand=w -bsf=w -bufsize=w -c=w "
    "-channel_layout=w -cluster_time_limit=w -codec=w -coder=w -color_primaries=w -color_range=w -color_trc=w "
    "-colorspace=w -compression_level=w -copyinkf -copyts -cpu-used=w -cq=w -crf=w -cutoff=w -deadline=w "
    "-disposition=w -dn -enc_time_base=w -f=s -fflags=w -filter=s -filter_complex=s -filter_complex_threads=w "
    "-filter_threads=w -final_delay=w -fix_sub_duration -flags=w -force_key_frames=w -fps_mode=w "
    "-frag_duration=w -frame-parallel=w -frame_drop_threshold=w -frame_duration=w -framerate=w -frames=w "
    "-fs=w -g=w -global_quality=w -hide_banner -hls_flags=w -hls_list_size=w -hls_playlist_type=w "
    "-hls_segment_filename=o -hls_segment_type=w -hls_time=w -i=s -id3v2_version=w -ignore_loop=w "
    "-itsoffset=w -itsscale=w -keyint_min=w -lag-in-frames=w -lavfi=s -level=w -loglevel=w -loop=w -map=w "
    "-map_channel=w -map_chapters=w -map_metadata=w -max_interleave_delta=w -max_muxing_queue_size=w "
    "-maxrate=w -me_method=w -me_range=w -metadata=t -minrate=w -movflags=w -muxdelay=w -muxpreload=w "
    "-noaccurate_seek -noautorotate -nostats -nostdin -output_ts_offset=w -packetloss=w -pass=w "
    "-passlogfile=o -pattern_type=w -pix_fmt=w -pred=w -preset=w -profile=w -q=w -qcomp=w -qdiff=w -qmax=w "
    "-qmin=w -qp=w -qscale=w -quality=w -r=w -refs=w -reset_timestamps=w -row-mt=w -s=w -sample_fmt=w "
    "-sample_rate=w -sc_threshold=w -scodec=w -seek_timestamp -segment_format=w -segment_list=o "
    "-segment_list_type=w -segment_start_number=w -segment_time=w -segment_times=w -shortest -sn "
    "-spatial-aq=w -speed=w -ss=w -sseof=w -start_at_zero -start_number=w -stats -stats_period=w "
    "-stream_loop=w -strict=w -svtav1-params=w -sws_flags=w -t=w -tag=w -thread_queue_size=w -threads=w "
    "-tile-columns=w -tile-rows=w -tiles=w -time_base=w -timecode=w -timestamp=w -to=w -trellis=w -tune=w "
    "-update=w -usage=w -use_wallclock_as_timestamps=w -v=w -vb=w -vbr=w -vcodec=w -vf=s -vframes=w "
    "-video_size=w -video_track_timescale=w -vn -vol=w -vsync=w -vtag=w -write_id3v1=w -write_xing=w "
    "-x264-params=w -x264opts=w -x265-params=w -y";

constexpr std::string_view kFfprobe =
    "-bitexact -count_frames -count_packets -f=s -hide_banner -i=i -loglevel=w -of=w -pretty -print_format=w "
    "-read_intervals=w -select_streams=w -sexagesimal -show_chapters -show_data -show_entries=w -show_error "
    "-show_format -show_frames -show_packets -show_pixel_formats -show_programs -show_streams -unit -v=w";

/// Formats that read other files by their names, write elsewhere, or speak to devices and networks.
constexpr std::string_view kOtherFormats =
    "alsa concat concatf dash data fbdev ffmetadata fifo ftp hls_in iec61883 image2pipe jack kmsgrab libcdio "
    "oss pulse rtp rtp_mpegts rtsp sap sdl sdp smoothstreaming stream_segment tee v4l2 video4linux2 "
    "webm_dash_manifest x11grab xv";

constexpr std::string_view kProtocols = "file,crypto";

std::unexpected<Error> refused(std::string message) {
  return fail(ErrorCode::invalid_data, std::move(message), "arguments");
}

bool is_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-' ||
           c == ',';
  });
}

class Reader {
 public:
  Reader(std::span<const std::string> words, Paths& paths) : words_(words), paths_(paths) {}

  Result<std::vector<std::string>> read() {
    arguments_ = {"-nostdin"};
    for (; at_ < words_.size(); ++at_) {
      const auto& word = words_[at_];
      if (word.size() > 1 && word.starts_with('-')) {
        RECAST_CHECK(option(word));
      } else {
        RECAST_CHECK(target(word));
      }
    }
    if (targets_ == 0) return refused("The arguments of ffmpeg name no file below /output/ to write.");
    return std::move(arguments_);
  }

 private:
  Result<> option(const std::string& word) {
    const auto name = std::string_view(word).substr(0, word.find(':'));
    const auto known = find_option(kFfmpeg, name);
    if (!known) return not_allowed("ffmpeg", word);
    if (!is_stream(std::string_view(word).substr(name.size()))) return not_allowed("ffmpeg", word);
    if (*known == Value::none) {
      arguments_.push_back(word);
      return {};
    }
    if (++at_ == words_.size()) return refused(fmt::format("The value of {} is missing.", word));
    const auto& value = words_[at_];
    if (*known != Value::special) {
      RECAST_TRY(auto read, read_value(*known, word, value, paths_));
      if (name == "-pattern_type") pattern_ = value == "glob";
      arguments_.insert(arguments_.end(), {word, std::move(read)});
      return {};
    }
    if (name == "-i") return source(value);
    if (name == "-f") return container(value);
    RECAST_TRY(auto graph, filter_graph(value, paths_));
    arguments_.insert(arguments_.end(), {word, std::move(graph)});
    return {};
  }

  /// ":v:0", ":a", ":s:g", "" after an option's name.
  static bool is_stream(std::string_view text) {
    return text.size() < 40 && std::ranges::all_of(text, [](char c) {
             return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ':' ||
                    c == '_' || c == '#';
           });
  }

  Result<> container(const std::string& value) {
    if (!is_name(value) || is_listed(kOtherFormats, lower(value)))
      return refused(fmt::format("The format {} is not available in commands.", value));
    generated_ = value == "lavfi";
    null_ = value == "null";
    arguments_.insert(arguments_.end(), {"-f", value});
    return {};
  }

  Result<> source(const std::string& value) {
    std::string name;
    if (std::exchange(generated_, false)) {
      RECAST_TRY(name, filter_graph(value, paths_));
    } else if (std::exchange(pattern_, false) && value.find_first_of("*?") != std::string::npos) {
      RECAST_TRY(name, paths_.pattern(value));
    } else if (value.contains('%')) {
      RECAST_TRY(name, paths_.sequence(value));
    } else {
      RECAST_TRY(name, paths_.input(value));
    }
    // Playlists and the like may name files too: only files, and in the jail only those of this task.
    arguments_.insert(arguments_.end(), {"-protocol_whitelist", std::string(kProtocols), "-i", std::move(name)});
    return {};
  }

  Result<> target(const std::string& value) {
    ++targets_;
    if (std::exchange(null_, false) && (value == "-" || value == "/dev/null")) {
      arguments_.emplace_back("-");
      return {};
    }
    RECAST_TRY(arguments_.emplace_back(), paths_.output(value));
    return {};
  }

  std::span<const std::string> words_;
  Paths& paths_;
  std::vector<std::string> arguments_;
  std::size_t at_ = 0;
  int targets_ = 0;
  bool generated_ = false;  ///< the next input is a filter graph
  bool pattern_ = false;    ///< the next input is a pattern
  bool null_ = false;       ///< the next output is thrown away
};

}  // namespace

Result<std::vector<std::string>> ffmpeg_arguments(std::span<const std::string> words, Paths& paths) {
  return Reader(words, paths).read();
}

Result<std::vector<std::string>> ffprobe_arguments(std::span<const std::string> words, Paths& paths) {
  std::vector<std::string> arguments{"-protocol_whitelist", std::string(kProtocols)};
  bool has_input = false;
  for (std::size_t at = 0; at < words.size(); ++at) {
    const auto& word = words[at];
    if (!word.starts_with('-')) {
      RECAST_TRY(arguments.emplace_back(), paths.input(word));
      has_input = true;
      continue;
    }
    const auto known = find_option(kFfprobe, word);
    if (!known) return not_allowed("ffprobe", word);
    arguments.push_back(word);
    if (*known == Value::none) continue;
    if (++at == words.size()) return refused(fmt::format("The value of {} is missing.", word));
    has_input = has_input || *known == Value::input;
    if (word == "-f" && (!is_name(words[at]) || words[at] == "lavfi" || is_listed(kOtherFormats, lower(words[at]))))
      return refused(fmt::format("The format {} is not available in commands.", words[at]));
    RECAST_TRY(arguments.emplace_back(), read_value(*known, word, words[at], paths));
  }
  if (!has_input) return refused("The arguments of ffprobe name no file below /input/.");
  return arguments;
}

}  // namespace recast::operations::command
