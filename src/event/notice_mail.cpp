#include "event/notice_mail.hpp"

#include <fmt/format.h>

#include "base/log.hpp"
#include "event/pauses.hpp"

namespace recast::event {

namespace {

constexpr std::chrono::seconds kBetweenLooks{2};
constexpr std::chrono::seconds kAfterFailure{30};  // of the store
constexpr std::chrono::seconds kLeaseBeyondTimeout{30};
constexpr std::chrono::hours kBetweenPurges{1};

net::SmtpServer::Tls tls_of(std::string_view word) {
  if (word == "required") return net::SmtpServer::Tls::required;
  return word == "none" ? net::SmtpServer::Tls::none : net::SmtpServer::Tls::automatic;
}

}  // namespace

Result<std::optional<NoticeMail::Setup>> NoticeMail::read(const MailSettings& settings) {
  if (settings.server.empty()) return std::nullopt;
  const auto about = [](std::string field, const Error& error) {
    return fail(ErrorCode::invalid_data, error.message, std::move(field));
  };
  if (const auto checked = net::check_smtp_url(settings.server); !checked) return about("mail.server", checked.error());
  auto from = net::MailAddress::parse(settings.from);
  if (!from) return about("mail.from", from.error());
  RECAST_TRY(auto texts, account::NoticeLibrary::open(settings.language, settings.templates));
  RECAST_TRY(auto pauses, read_pauses(settings.retry_seconds, "mail.retry_seconds"));
  return Setup{.server = {.url = settings.server,
                          .user = settings.user,
                          .password = settings.password,
                          .tls = tls_of(settings.tls),
                          .authorities = settings.ca_bundle,
                          .own_name = settings.own_name,
                          .timeout = std::chrono::seconds(settings.timeout_seconds)},
               .from = *std::move(from),
               .texts = std::move(texts),
               .pauses = std::move(pauses),
               .max_age = std::chrono::hours(settings.max_age_hours)};
}

Result<std::unique_ptr<NoticeMail>> NoticeMail::start(const MailSettings& settings, store::Notices& notices,
                                                      const Clock& clock, std::string server_name) {
  RECAST_TRY(auto setup, read(settings));
  return std::unique_ptr<NoticeMail>(
      new NoticeMail(std::move(setup), std::chrono::days(settings.keep_days), notices, clock, std::move(server_name)));
}

Result<> NoticeMail::check(const MailSettings& settings) {
  RECAST_CHECK(read(settings));
  return {};
}

NoticeMail::NoticeMail(std::optional<Setup> setup, std::chrono::days keep, store::Notices& notices, const Clock& clock,
                       std::string server_name)
    : setup_(std::move(setup)),
      keep_(keep),
      notices_(notices),
      clock_(clock),
      server_name_(std::move(server_name)),
      thread_([this](const std::stop_token& stop) { work(stop); }) {}

NoticeMail::~NoticeMail() = default;

void NoticeMail::work(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    std::chrono::seconds rest = setup_ ? kBetweenLooks : kBetweenPurges;
    try {
      while (setup_ && !stop.stop_requested() && send_one(stop)) {
      }
      purge();
    } catch (const std::exception& error) {
      log::error("notices could not be looked up", {{"why", error.what()}});
      rest = kAfterFailure;
    }
    std::unique_lock lock(mutex_);
    rest_.wait_for(lock, stop, rest, [] { return false; });
  }
}

bool NoticeMail::send_one(const std::stop_token& stop) {
  const auto not_before = clock_.now() - setup_->max_age;
  if (const auto due = notices_.is_due(not_before); !due || !*due) return false;
  const auto taken = notices_.take(setup_->server.timeout + kLeaseBeyondTimeout, not_before);
  if (!taken || !*taken) return false;
  const auto& one = **taken;
  const auto sent = send(one, stop);
  const auto id = one.notice.id;
  if (sent) {
    if (const auto noted = notices_.record(id, store::Notices::Outcome::sent, {}); !noted)
      log::warning("a notice was mailed and will be once more", {{"notice", id}, {"why", noted.error().message}});
    return true;
  }
  if (sent.error().code == ErrorCode::cancelled) {
    (void)notices_.record(id, store::Notices::Outcome::failed, clock_.now());  // with the next start
    return false;
  }
  const auto due = next_attempt(setup_->pauses, one.attempts, clock_.now());
  log::warning(due ? "a notice could not be mailed; it is tried again" : "a notice could not be mailed",
               {{"notice", id}, {"user", one.username}, {"attempt", one.attempts}, {"why", sent.error().message}});
  return notices_.record(id, store::Notices::Outcome::failed, due).has_value();
}

Result<> NoticeMail::send(const store::Notices::Taken& taken, const std::stop_token& stop) {
  RECAST_TRY(auto to, net::MailAddress::parse(taken.email));
  to.name = taken.username;
  auto words = setup_->texts.in(taken.language).fill(taken.notice, taken.username, server_name_);
  // The same for each attempt, so that a mail that came twice can be recognised.
  const auto id = fmt::format("notice-{}-{}", taken.notice.id, to_micros(taken.notice.created));
  return net::send_mail(setup_->server,
                        {.from = setup_->from,
                         .to = std::move(to),
                         .subject = std::move(words.subject),
                         .text = std::move(words.text),
                         .id = id,
                         .date = taken.notice.created},
                        stop);
}

void NoticeMail::purge() {
  const auto now = clock_.now();
  if (now - purged_ < kBetweenPurges) return;
  if (notices_.purge(now - keep_)) purged_ = now;
}

}  // namespace recast::event
