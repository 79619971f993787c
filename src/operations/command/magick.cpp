#include <fmt/format.h>

#include "base/text.hpp"
#include "format/format.hpp"
#include "operations/command/grammar.hpp"

namespace recast::operations::command {

namespace {

/// Options of ImageMagick 6 and GraphicsMagick after their sign, which may be - or +; with + most take no value.
constexpr std::string_view kOptions =
    "adaptive-blur=w adaptive-resize=w adaptive-sharpen=w adjoin affine=w alpha=w annotate=s antialias append "
    "attenuate=w auto-gamma auto-level auto-orient average background=w bias=w black-threshold=w blend=w "
    "blue-primary=w blue-shift=w blur=w border=w bordercolor=w brightness-contrast=w canny=w channel=w "
    "charcoal=w chop=w clamp clone=w clut coalesce color-matrix=w colorize=w colormap=w colors=w colorspace=w "
    "combine comment=t compose=w composite compress=w contrast contrast-stretch=w convolve=w crop=w cycle=w "
    "deconstruct define=s delay=w delete=w density=w depth=w deskew=w despeckle direction=w displace=w "
    "dispose=w dissolve=w distort=s dither=w draw=s duplicate=w edge=w emboss=w encoding=w endian=w enhance "
    "equalize evaluate-sequence=w evaluate=s extent=w extract=w family=w features=w fft fill=w filter=w "
    "flatten flip flop font=w format=t frame=w frames=w function=s fuzz=w fx=w gamma=w gaussian-blur=w "
    "gaussian=w geometry=w gravity=w grayscale=w green-primary=w hald-clut hough-lines=w identify ift "
    "implode=w insert=w intensity=w intent=w interlace=w interline-spacing=w interpolate=w "
    "interword-spacing=w kerning=w kuwahara=w label=t lat=w layers=w level-colors=w level=w linear-stretch=w "
    "liquid-rescale=w loop=w magnify mean-shift=w median=w metric=w minify mode=w modulate=w moments monitor "
    "monochrome morph=w morphology=s mosaic motion-blur=w negate noise=w normalize opaque=w ordered-dither=w "
    "orient=w page=w paint=w perceptible=w ping pointsize=w polaroid=w poly=w posterize=w precision=w "
    "quality=w quantize=w quiet radial-blur=w raise=w random-threshold=w recolor=w red-primary=w "
    "regard-warnings region=w render repage=w resample=w resize=w respect-parentheses reverse roll=w rotate=w "
    "sample=w sampling-factor=w scale=w scene=w seed=w segment=w selective-blur=w separate sepia-tone=w set=s "
    "shade=w shadow=w sharpen=w shave=w shear=w sigmoidal-contrast=w size=w sketch=w smush=w solarize=w "
    "sparse-color=s splice=w spread=w statistic=s strip stroke=w strokewidth=w style=w subimage-search "
    "support=w swap=w swirl=w taint threshold=w thumbnail=w tile-offset=w tile=s tint=w title=t transform "
    "transparent-color=w transparent=w transpose transverse treedepth=w trim type=w undercolor=w "
    "unique-colors units=w unsharp=w verbose version vignette=w virtual-pixel=w watermark=w wave=w weight=w "
    "white-point=w white-threshold=w write=o";

/// Options that take no value with a + either way, or none at all with it.
constexpr std::string_view kPlusWithValue =
    "annotate contrast-stretch define distort duplicate level level-colors noise opaque page raise set smush "
    "swap transparent";

/// Coders whose files are pictures and nothing else: none that runs programs, reads scripts or opens other files.
constexpr std::string_view kCoders =
    "apng avif bmp bmp2 bmp3 cur dcx dds dib dpx exr fits gif hdr heic heif ico icon j2c j2k jfif jng jp2 jpe "
    "jpeg jpg jxl miff mng palm pam pbm pcd pct pcx pgm pict png png24 png32 png48 png64 png8 pnm ppm psb psd "
    "ras rgb rgba sgi sun tga tif tiff viff wbmp webp xbm xcf xpm xwd";
/// Pictures that come from no file.
constexpr std::string_view kMade = "canvas caption gradient label logo null pattern plasma radial-gradient rose xc";
/// Written as text.
constexpr std::string_view kWritten = "histogram info json txt";

std::unexpected<Error> refused(std::string message) {
  return fail(ErrorCode::invalid_data, std::move(message), "arguments");
}

class Reader {
 public:
  Reader(Magick program, std::span<const std::string> words, Paths& paths)
      : name_(program == Magick::gm        ? "gm"
              : program == Magick::convert ? "convert"
                                           : "identify"),
        writes_(program == Magick::convert),
        words_(words),
        paths_(paths) {}

  Result<std::vector<std::string>> read() {
    if (name_ == "gm") RECAST_CHECK(own_command());
    const auto last = words_.empty() ? 0 : words_.size() - 1;
    for (; at_ < words_.size(); ++at_) {
      const auto& word = words_[at_];
      const bool option = word.size() > 1 && (word.front() == '-' || word.front() == '+');
      if (option) {
        RECAST_CHECK(read_option(word));
      } else if (word == "(" || word == ")") {
        arguments_.push_back(word);
      } else if (writes_ && at_ == last) {
        RECAST_CHECK(target(word));
      } else {
        RECAST_CHECK(source(word));
      }
    }
    if (writes_ && !written_) return refused(fmt::format("The arguments of {} end with no file to write.", name_));
    return std::move(arguments_);
  }

 private:
  /// gm's first word.
  Result<> own_command() {
    constexpr std::string_view known = "composite convert identify montage";
    if (words_.empty() || !is_listed(known, words_.front()))
      return refused("The arguments of gm begin with convert, composite, montage or identify.");
    arguments_.push_back(words_.front());
    writes_ = words_.front() != "identify";
    at_ = 1;
    return {};
  }

  Result<> read_option(const std::string& word) {
    const auto name = std::string_view(word).substr(1);
    const auto known = find_option(kOptions, name);
    if (!known) return not_allowed(name_, word);
    arguments_.push_back(word);
    const bool plus = word.front() == '+';
    if (*known == Value::none || (plus && !is_listed(kPlusWithValue, name))) return {};
    if (plus && (name == "page" || name == "level" || name == "noise" || name == "swap") && !value_follows()) return {};
    // Two values: of the method and of its numbers.
    const bool two = name == "annotate" || name == "distort" || name == "evaluate" || name == "function" ||
                     name == "morphology" || name == "set" || name == "sparse-color" || name == "statistic";
    for (int left = two && !(plus && name == "set") ? 2 : 1; left > 0; --left) {
      if (++at_ == words_.size()) return refused(fmt::format("The value of {} is missing.", word));
      RECAST_TRY(arguments_.emplace_back(), value_of(name, *known, word, words_[at_]));
    }
    return {};
  }

  /// Whether the next word can be a value: neither an option nor a file.
  bool value_follows() const {
    if (at_ + 1 >= words_.size()) return false;
    const auto& next = words_[at_ + 1];
    return !next.starts_with('-') && !next.starts_with('+') && !next.starts_with('/') && next != "(" && next != ")";
  }

  Result<std::string> value_of(std::string_view option, Value kind, const std::string& word, const std::string& value) {
    if (option == "tile" && Paths::is_input(value)) return picture(value);
    if (option == "draw" || option == "define" || option == "set" || option == "annotate") {
      const auto low = lower(value);
      // Draw has a primitive that opens files; some defines name them, or programs.
      const bool opens = option == "draw" && (low.contains("image") || low.contains("url(") || low.contains("push"));
      const bool names =
          option == "define" && (value.contains('/') || low.contains("delegate") || low.contains("filename"));
      if (opens || names) return refused(fmt::format("The value of {} must not name a file: {}", word, value));
      return read_value(Value::text, word, value, paths_);
    }
    return read_value(kind == Value::special ? Value::word : kind, word, value, paths_);
  }

  /// A file with its coder before it and what is wanted of it behind: "png:in/in-1.png[0]".
  Result<std::string> picture(std::string_view path, std::string_view coder = {}, std::string_view part = {}) {
    const auto type = coder.empty() ? lower(format::extension(path)) : "." + lower(coder);
    const auto name = type.empty() ? std::string() : type.substr(1);
    if (!is_listed(kCoders, name))
      return refused(
          fmt::format("{} reads no {} here; convert it to an image first.", name_, name.empty() ? "such file" : name));
    RECAST_TRY(const auto ours, paths_.input(path));
    return fmt::format("{}:{}{}", name, ours, part);
  }

  Result<> source(std::string_view word) {
    if (Paths::is_input(word)) return read_files(word, {});
    const auto colon = word.find(':');
    const auto coder = lower(word.substr(0, colon));
    if (colon == std::string_view::npos)
      return refused(fmt::format("{} is neither an option of {} nor a file below /input/.", word, name_));
    const auto rest = word.substr(colon + 1);
    if (Paths::is_input(rest)) return read_files(rest, coder);
    if (!is_listed(kMade, coder) || rest.starts_with('@') || rest.contains("/input") || rest.starts_with('/'))
      return refused(fmt::format("{} is nothing that {} may read here.", word, name_));
    arguments_.emplace_back(word);
    return {};
  }

  Result<> read_files(std::string_view path, std::string_view coder) {
    std::string_view part;
    if (path.ends_with(']')) {
      const auto begin = path.rfind('[');
      part = path.substr(begin);
      path = path.substr(0, begin);
      if (part.find_first_not_of("[]0123456789,-x+%") != std::string_view::npos ||
          part.find_first_of("0123456789") == std::string_view::npos)
        return refused(fmt::format("{} is no choice of pages or a size.", part));
    }
    if (path.find_first_of("*?") == std::string_view::npos) {
      RECAST_TRY(arguments_.emplace_back(), picture(path, coder, part));
      return {};
    }
    RECAST_TRY(const auto names, paths_.inputs(path));
    for (const auto& name : names) {
      const auto type = coder.empty() ? lower(format::extension(name)) : "." + std::string(coder);
      if (type.empty() || !is_listed(kCoders, std::string_view(type).substr(1)))
        return refused(fmt::format("{} reads no {} here.", name_, path));
      arguments_.push_back(fmt::format("{}:{}{}", type.substr(1), name, part));
    }
    return {};
  }

  Result<> target(std::string_view word) {
    written_ = true;
    const auto colon = word.find(':');
    const bool has_coder = !Paths::is_output(word) && colon != std::string_view::npos;
    const auto coder = has_coder ? lower(word.substr(0, colon)) : std::string();
    const auto path = has_coder ? word.substr(colon + 1) : word;
    if (has_coder && !is_listed(kCoders, coder) && !is_listed(kWritten, coder) && coder != "pdf" && coder != "null")
      return refused(fmt::format("{} writes no {} here.", name_, coder));
    if ((is_listed(kWritten, coder) || coder == "null") && (path.empty() || path == "-")) {  // told, not written
      arguments_.push_back(coder + ":" + std::string(path));
      return {};
    }
    RECAST_TRY(auto ours, paths_.output(path));
    const auto type = lower(format::extension(path));
    if (!has_coder && (type.empty() || (!is_listed(kCoders, std::string_view(type).substr(1)) && type != ".pdf" &&
                                        type != ".txt" && type != ".json")))
      return refused(fmt::format("{} writes no {} here.", name_, type.empty() ? "file without an extension" : type));
    arguments_.push_back(has_coder ? coder + ":" + ours : std::move(ours));
    return {};
  }

  std::string_view name_;
  bool writes_ = false;
  std::span<const std::string> words_;
  Paths& paths_;
  std::vector<std::string> arguments_;
  std::size_t at_ = 0;
  bool written_ = false;
};

}  // namespace

Result<std::vector<std::string>> magick_arguments(Magick program, std::span<const std::string> words, Paths& paths) {
  return Reader(program, words, paths).read();
}

}  // namespace recast::operations::command
