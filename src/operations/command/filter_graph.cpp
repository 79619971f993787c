#include <fmt/format.h>

#include "base/text.hpp"
#include "operations/command/grammar.hpp"

/// ffmpeg's filter graphs: "[0:v]scale=640:-2,crop=w=iw/2[a];[a]null". Quoting as in ffmpeg-filters(1): '…' and \.
namespace recast::operations::command {

namespace {

/// Filters that neither open files and devices nor speak to anybody. Those in kFileOptions do so through options that
/// are looked at.
constexpr std::string_view kFilters =
    "acompressor acrossfade acrusher adeclick adeclip adelay aecho aeval aevalsrc afade afftdn aformat agate "
    "alimiter allpass aloop alphaextract alphamerge amerge amix anequalizer anlmdn anull anullsink anullsrc "
    "apad aperms aphaser apulsator aresample areverse asetnsamples asetpts asetrate asettb ashowinfo "
    "asidedata asplit ass astats atadenoise atempo atrim avectorscope avgblur bandpass bandreject bass bbox "
    "bench bilateral biquad blackdetect blackframe blend boxblur bwdif cellauto channelmap channelsplit "
    "chorus chromahold chromakey chromanr chromashift codecview color colorbalance colorchannelmixer "
    "colorcontrast colorcorrect colorhold colorize colorkey colorlevels colormatrix colorspace "
    "colortemperature compand compensationdelay concat convolution copy crop cropdetect crossfeed crystalizer "
    "cue curves datascope dcshift deband deblock decimate dedot deesser deflate deflicker dejudder derain "
    "deshake despill detelecine dilation displace doubleweave drawbox drawgraph drawgrid drawtext dynaudnorm "
    "earwax ebur128 edgedetect elbg entropy epx eq equalizer erosion estdif exposure extractplanes "
    "extrastereo fade fftdnoiz fftfilt field fieldhint fieldmatch fieldorder fillborders firequalizer flanger "
    "floodfill format fps framepack framerate framestep freezedetect freezeframes gblur geq gradfun gradients "
    "graphmonitor grayworld greyedge haas haldclut haldclutsrc hdcd headphone hflip highpass highshelf histeq "
    "histogram hqdn3d hqx hstack hsvhold hsvkey hue huesaturation hysteresis idet il inflate interlace "
    "interleave join kerndeint kirsch lagfun latency lenscorrection life limitdiff limiter loop loudnorm "
    "lowpass lowshelf lumakey lut lut1d lut2 lut3d lutrgb lutyuv mandelbrot maskedclamp maskedmax maskedmerge "
    "maskedmin maskedthreshold maskfun mcompand median mergeplanes mestimate metadata midequalizer "
    "minterpolate mix monochrome morpho mpdecimate mptestsrc msad negate nlmeans noformat noise normalize "
    "null nullsink nullsrc oscilloscope overlay owdenoise pad pal100bars pal75bars palettegen paletteuse pan "
    "perms perspective phase photosensitivity pixdesctest pixscope pp pp7 premultiply prewitt pseudocolor "
    "psnr pullup qp random readeia608 readvitc realtime remap removegrain repeatfields replaygain reverse "
    "rgbashift rgbtestsrc roberts rotate rubberband sab scale scale2ref scdet scharr scroll segment select "
    "selectivecolor separatefields setdar setfield setparams setpts setrange setsar settb shear showcqt "
    "showfreqs showinfo showpalette showspatial showspectrum showspectrumpic showvolume showwaves "
    "showwavespic shuffleframes shufflepixels shuffleplanes sidechaincompress sidechaingate sidedata "
    "sierpinski signalstats silencedetect silenceremove sine smartblur smptebars smptehdbars sobel "
    "spectrumsynth speechnorm split ssim stereo3d stereotools stereowiden streamselect subtitles "
    "superequalizer surround swaprect swapuv tblend telecine testsrc testsrc2 thistogram threshold thumbnail "
    "tile tinterlace tlut2 tmedian tmidequalizer tmix tonemap tpad transpose treble tremolo trim "
    "unpremultiply unsharp untile v360 vaguedenoiser varblur vectorscope vflip vfrdet vibrance vibrato "
    "vidstabdetect vidstabtransform vif vignette virtualbass vmafmotion volume volumedetect vstack w3fdif "
    "waveform weave xbr xcorrelate xfade xmedian xstack yadif yaepblur yuvtestsrc zoompan zscale";

/// Options that name files, as FILTER.OPTION: their values must be paths of ours. "FILTER." is a first option that
/// comes without its name.
constexpr std::string_view kFileOptions =
    "ass. ass.f ass.filename ass.fontsdir cellauto. cellauto.f cellauto.filename curves.plot curves.psfile "
    "deshake.filename drawtext. drawtext.fontfile drawtext.textfile fieldhint. fieldhint.hint firequalizer.dumpfile "
    "life. life.f life.filename lut1d. lut1d.file lut3d. lut3d.file metadata.file psnr. psnr.f psnr.stats_file "
    "showcqt.axisfile showcqt.fontfile ssim. ssim.f ssim.stats_file subtitles. subtitles.f subtitles.filename "
    "subtitles.fontsdir vidstabdetect.result vidstabtransform.input";

std::unexpected<Error> refused(std::string message) {
  return fail(ErrorCode::invalid_data, std::move(message), "arguments");
}

/// Where the next of `ends` stands outside quotes and escapes.
std::size_t find_end(std::string_view text, std::string_view ends) {
  bool quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\' && !quoted) {
      ++at;
    } else if (text[at] == '\'') {
      quoted = !quoted;
    } else if (!quoted && ends.contains(text[at])) {
      return at;
    }
  }
  return text.size();
}

/// A value without its quotes and escapes, to see what it really says.
std::string plain(std::string_view value) {
  std::string result;
  for (const char c : value) {
    if (c != '\'' && c != '\\') result += c;
  }
  return std::string(trim(result));
}

/// One option of a filter: "w=640", "640", "textfile=/input/task/words.txt".
Result<std::string> filter_option(std::string_view filter, std::string_view option, bool first, Paths& paths) {
  const auto sign = find_end(option, "=");
  const bool named = sign < option.size();
  const auto name = named ? trim(option.substr(0, sign)) : std::string_view();
  const auto value = plain(named ? option.substr(sign + 1) : option);
  const bool names_file = (named || first) && is_listed(kFileOptions, fmt::format("{}.{}", filter, name));
  const auto prefix = named ? std::string(name) + "=" : std::string();
  if (Paths::is_input(value)) {
    RECAST_TRY(const auto path, paths.input(value));
    return prefix + path;
  }
  if (Paths::is_output(value)) {
    RECAST_TRY(const auto path, paths.output(value));
    return prefix + path;
  }
  // "-" prints to standard output.
  if ((names_file && value != "-") || value.starts_with('/') || value.contains("://") || value.contains("..")) {
    return refused(fmt::format("The filter {} may only name files below /input/ and /output/: {}", filter, value));
  }
  return std::string(option);
}

Result<std::string> one_filter(std::string_view text, Paths& paths) {
  std::string result;
  text = trim(text);
  while (text.starts_with('[')) {  // where its streams come from
    const auto end = text.find(']');
    if (end == std::string_view::npos) return refused("A [ in the filters has no end.");
    result += text.substr(0, end + 1);
    text = trim(text.substr(end + 1));
  }
  const auto labels = find_end(text, "[");
  auto filter = trim(text.substr(0, labels));
  const auto after = text.substr(labels);
  const auto sign = find_end(filter, "=");
  const auto name = trim(filter.substr(0, sign)).substr(0, filter.find('@'));
  if (!is_listed(kFilters, name)) return refused(fmt::format("The filter {} is not available in commands.", name));
  result += filter.substr(0, sign);
  if (sign < filter.size()) {
    result += '=';
    auto options = filter.substr(sign + 1);
    for (bool first = true;; first = false) {
      const auto end = find_end(options, ":");
      RECAST_TRY(const auto option, filter_option(name, options.substr(0, end), first, paths));
      result += option;
      if (end == options.size()) break;
      result += ':';
      options = options.substr(end + 1);
    }
  }
  return result + std::string(after);
}

}  // namespace

Result<std::string> filter_graph(std::string_view graph, Paths& paths) {
  std::string result;
  for (;;) {
    const auto end = find_end(graph, ",;");
    const auto one = graph.substr(0, end);
    if (trim(one).starts_with("sws_flags=")) {
      result += one;
    } else {
      RECAST_TRY(const auto filter, one_filter(one, paths));
      result += filter;
    }
    if (end == graph.size()) return result;
    result += graph[end];
    graph = graph.substr(end + 1);
    if (trim(graph).empty()) return result;
  }
}

}  // namespace recast::operations::command
