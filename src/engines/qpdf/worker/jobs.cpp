#include "engines/qpdf/worker/jobs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <new>
#include <numeric>
#include <qpdf/QPDFPageObjectHelper.hh>
#include <qpdf/QUtil.hh>
#include <set>

#include "engines/qpdf/options.hpp"
#include "engines/qpdf/worker/answer.hpp"
#include "engines/qpdf/worker/assembly.hpp"
#include "engines/qpdf/worker/character_maps.hpp"
#include "engines/qpdf/worker/document.hpp"
#include "engines/qpdf/worker/mrc.hpp"
#include "engines/qpdf/worker/optimize.hpp"
#include "engines/qpdf/worker/output.hpp"
#include "engines/qpdf/worker/selection.hpp"
#include "engines/qpdf/worker/standards.hpp"
#include "engines/qpdf/worker/watermark.hpp"

namespace recast::engines::qpdf {

namespace json = worker::json;

namespace {

using Answer = Result<json::object>;

/// New documents are packed as tightly as the format allows, and keep what their source restricts.
void set_up(QPDFWriter& writer, const Assembly& assembly, QPDF* protection) {
  writer.setObjectStreamMode(qpdf_o_generate);
  writer.setMinimumPDFVersion(assembly.version());
  if (protection != nullptr && protection->isEncrypted()) writer.copyEncryptionParameters(*protection);
}

Answer merge(worker::Job& job) {
  constexpr int kReading = 30;  // percent
  std::vector<std::shared_ptr<Source>> sources;
  const auto assembly = std::make_shared<Assembly>();
  job.kept.push_back(assembly);
  std::size_t total = 0;
  for (const int input : job.inputs) {
    auto document = open_unprotected(job, input);
    const auto count = document ? count_pages(**document) : std::unexpected(document.error());
    if (!count) {
      auto error = count.error();
      error.message = fmt::format("Input file {}: {}", sources.size() + 1, error.message);
      return std::unexpected(std::move(error));
    }
    total += *count;
    std::vector<std::size_t> pages(*count);
    std::iota(pages.begin(), pages.end(), std::size_t{0});
    sources.push_back(std::make_shared<Source>(*std::move(document)));
    job.kept.push_back(sources.back());
    assembly->add(*sources.back(), pages, Extent::document);
    job.percent(kReading * static_cast<int>(sources.size()) / static_cast<int>(job.inputs.size()));
  }
  RECAST_CHECK(write_document(
      assembly->finish(), job.outputs.front(),
      [&](int percent) { job.percent(kReading + percent * (100 - kReading) / 100); },
      [&](QPDFWriter& writer) { set_up(writer, *assembly, nullptr); }));
  return answer_of(sources.front()->document(), total);
}

Answer split(worker::Job& job) {
  RECAST_TRY(auto document, open_unprotected(job, job.inputs.front()));
  RECAST_TRY(const auto count, count_pages(*document));
  const auto* const most = job.request.if_contains("most_parts");
  if (most != nullptr && most->is_number() && count > most->to_number<std::size_t>())
    return fail(ErrorCode::output_limit, fmt::format("The document has {} pages: more files than allowed.", count));
  std::set<std::size_t> all;
  for (std::size_t page = 0; page < count; ++page) all.insert(page);
  const Source source(std::move(document), all);
  for (std::size_t page = 0; page < count; ++page) {
    Assembly assembly;
    assembly.add(source, std::array{page}, Extent::page);
    RECAST_CHECK(append_document(assembly.finish(), job.outputs.front(),
                                 [&](QPDFWriter& writer) { set_up(writer, assembly, &source.document()); }));
    job.percent(static_cast<int>(100 * (page + 1) / count));
  }
  return answer_of(source.document(), count);
}

Answer extract(worker::Job& job) {
  RECAST_TRY(const auto options, options_of<ExtractOptions>(job));
  RECAST_TRY(const auto list, format::PageList::parse(options.pages));
  RECAST_TRY(auto document, open_unprotected(job, job.inputs.front()));
  RECAST_TRY(const auto count, count_pages(*document));
  RECAST_TRY(const auto pages, select_pages(list, count));
  const Source source(std::move(document), {pages.begin(), pages.end()});
  Assembly assembly;
  assembly.add(source, pages, Extent::selection);
  RECAST_CHECK(write_document(assembly.finish(), job.outputs.front(), job.percent,
                              [&](QPDFWriter& writer) { set_up(writer, assembly, &source.document()); }));
  return answer_of(source.document(), pages.size());
}

/// "+90" is 90.
int degrees_of(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  int degrees = 0;
  std::from_chars(text.data(), text.data() + text.size(), degrees);
  return degrees;
}

Answer rotate(worker::Job& job) {
  RECAST_TRY(const auto options, options_of<RotateOptions>(job));
  RECAST_TRY(const auto list, format::PageList::parse(options.pages));
  RECAST_TRY(const auto document, open_unprotected(job, job.inputs.front()));
  RECAST_TRY(const auto count, count_pages(*document));
  RECAST_TRY(const auto listed, select_pages(list, count));
  // A page that is listed twice is turned once.
  for (const auto page : std::set(listed.begin(), listed.end()))
    QPDFPageObjectHelper(document->getAllPages().at(page)).rotatePage(degrees_of(options.rotation), true);
  RECAST_CHECK(write_document(*document, job.outputs.front(), job.percent));
  return answer_of(*document, count);
}

std::string random_password() {
  std::array<unsigned char, 24> bytes{};
  QUtil::initializeWithRandomBytes(bytes.data(), bytes.size());
  return QUtil::hex_encode(std::string(bytes.begin(), bytes.end()));
}

void protect(QPDFWriter& writer, const EncryptOptions& options) {
  const auto& modify = options.allow_modify;
  const bool all = modify == "all", annotate = all || modify == "annotate", form = annotate || modify == "form";
  const bool assemble = form || modify == "assembly";
  const auto print = options.allow_print == "full"  ? qpdf_r3p_full
                     : options.allow_print == "low" ? qpdf_r3p_low
                                                    : qpdf_r3p_none;
  // An empty owner's password would let anybody lift the restrictions.
  const auto owner = options.set_owner_password.empty() ? random_password() : options.set_owner_password;
  writer.setR6EncryptionParameters(options.set_password.c_str(), owner.c_str(), options.allow_accessibility,
                                   options.allow_extract, assemble, annotate, form, all, print, true);
}

Answer encrypt(worker::Job& job) {
  RECAST_TRY(const auto options, options_of<EncryptOptions>(job));
  RECAST_TRY(const auto document, open_unprotected(job, job.inputs.front()));
  RECAST_TRY(const auto count, count_pages(*document));
  RECAST_CHECK(write_document(*document, job.outputs.front(), job.percent,
                              [&](QPDFWriter& writer) { protect(writer, options); }));
  return answer_of(*document, count);
}

Answer decrypt(worker::Job& job) {
  RECAST_TRY(const auto options, options_of<DecryptOptions>(job));
  RECAST_TRY(const auto document, open_document(job, job.inputs.front(), options.password));
  RECAST_TRY(const auto count, count_pages(*document));
  if (!document->isEncrypted()) {
    RECAST_CHECK(copy_bytes(job.inputs.front(), job.outputs.front()));
    return answer_of(*document, count);
  }
  RECAST_CHECK(write_document(*document, job.outputs.front(), job.percent,
                              [](QPDFWriter& writer) { writer.setPreserveEncryption(false); }));
  return answer_of(*document, count);
}

/// Steps of other engines: the document, changed in place.
Answer change(worker::Job& job, const std::function<void(QPDF&)>& change_document) {
  RECAST_TRY(const auto document, open_unprotected(job, job.inputs.front()));
  RECAST_TRY(const auto count, count_pages(*document));
  change_document(*document);
  // PDF 1.3, which older PDF/X is, has no object streams.
  RECAST_CHECK(write_document(*document, job.outputs.front(), job.percent, [](QPDFWriter& writer) {
    writer.setObjectStreamMode(qpdf_o_disable);
    writer.setNewlineBeforeEndstream(true);  // ISO 19005-1, 6.1.7
  }));
  return answer_of(*document, count);
}

/// What Ghostscript made the document of. Null if that is PostScript, which has nothing to give.
Document original_of(worker::Job& job) {
  if (job.inputs.size() < 2) return nullptr;
  auto original = open_unprotected(job, job.inputs[1]);
  return original ? *std::move(original) : nullptr;
}

Answer fill_in(worker::Job& job) { return change(job, &show_fields); }
Answer before_pdf_a(worker::Job& job) { return change(job, &prepare_pdf_a); }
Answer before_pdf_x(worker::Job& job) { return change(job, &prepare_pdf_x); }

Answer after_pdf_a(worker::Job& job) {
  return change(job, [&](QPDF& document) {
    const auto original = original_of(job);
    if (!original) return;
    restore_character_maps(document, *original);
    restore_description(document, *original);
  });
}

Answer after_pdf_x(worker::Job& job) {
  return change(job, [&](QPDF& document) {
    finish_pdf_x(document);
    const auto original = original_of(job);
    if (!original) return;
    restore_character_maps(document, *original);
    restore_description(document, *original);
  });
}

struct Task {
  std::string_view name;
  Answer (*run)(worker::Job&);
};

constexpr std::array kTasks{Task{"merge", &merge},
                            Task{"pdf/split-pages", &split},
                            Task{"pdf/extract-pages", &extract},
                            Task{"pdf/rotate-pages", &rotate},
                            Task{"pdf/encrypt", &encrypt},
                            Task{"pdf/decrypt", &decrypt},
                            Task{"before pdf/a", &before_pdf_a},
                            Task{"before pdf/x", &before_pdf_x},
                            Task{"fill in", &fill_in},
                            Task{"after pdf/a", &after_pdf_a},
                            Task{"after pdf/x", &after_pdf_x},
                            Task{"optimize", &optimize},
                            Task{"mrc", &split_scans},
                            Task{"watermark", &watermark}};

}  // namespace

Result<json::object> run_job(worker::Job& job) {
  const auto* const name = job.request.if_contains("job");
  const auto* const task = name != nullptr && name->is_string()
                               ? std::ranges::find(kTasks, std::string_view(name->get_string()), &Task::name)
                               : kTasks.end();
  if (task == kTasks.end() || job.inputs.empty() || job.outputs.size() != 1)
    return fail(ErrorCode::internal, "The PDF worker does not know this job.");
  try {
    return task->run(job);
  } catch (const std::bad_alloc&) {
    throw;  // the frame knows what to say
  } catch (const std::exception& exception) {
    return std::unexpected(error_of(exception));
  }
}

}  // namespace recast::engines::qpdf
