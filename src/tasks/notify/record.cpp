// What the posts read out of a message's record. It sends nothing.
#include "base/clock.h"
#include "base/encoding.h"
#include "base/payload.h"
#include "tasks/notify/post.h"
#include "tasks/notify/topic_file.h"

#include <algorithm>
#include <ctime>
#include <nlohmann/json.hpp>

namespace stepd::tasks {
namespace {

constexpr std::size_t kBytesPerLine = 57;  // 76 characters of base64 (RFC 2045 §6.8)
// With "Subject: " before it, a line of at most 76 characters (RFC 2047 §2).
constexpr std::size_t kBytesPerWord = 39;

/// A header's text: as it is, or as encoded words that split no character of UTF-8.
std::string encoded_header(std::string_view text) {
  const bool plain =
      text.size() < 900 && std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < 0x7F; });
  if (plain) return std::string(text);
  std::string words;
  while (!text.empty()) {
    std::size_t size = std::min(text.size(), kBytesPerWord);
    while (size > 1 && size < text.size() && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) --size;
    if (!words.empty()) words += "\r\n ";
    words += "=?UTF-8?B?" + to_base64(text.substr(0, size)) + "?=";
    text.remove_prefix(size);
  }
  return words;
}

std::string mail_date(const std::string& rfc3339) {
  const auto at = from_rfc3339(rfc3339).value_or(Instant{});
  const std::time_t seconds = std::chrono::duration_cast<std::chrono::seconds>(at.time_since_epoch()).count();
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  char text[64];
  std::snprintf(text, sizeof text, "%s, %02d %s %d %02d:%02d:%02d +0000", kDays[parts.tm_wday], parts.tm_mday,
                kMonths[parts.tm_mon], parts.tm_year + 1900, parts.tm_hour, parts.tm_min, parts.tm_sec);
  return text;
}

class FilePost final : public Post {
 public:
  explicit FilePost(const std::filesystem::path& path) : file_(path) {}

  void send(const std::string& id, const std::string& record, std::function<void(Verdict)> done) override {
    const auto appended = file_.append_once(id, record);
    if (appended) return done({});
    done({Verdict::Kind::Again, appended.error().cause});
  }

 private:
  TopicFile file_;
};

}  // namespace

std::string text_for(const std::string& record, std::string_view protocol) {
  const auto parsed = parse_json(record);
  if (!parsed) return {};
  if (parsed->value("messageStructure", "") == "json") {
    Json message = parsed->at("message");
    if (message.is_string()) {
      if (auto inner = parse_json(message.get_ref<const std::string&>())) message = *std::move(inner);
    }
    if (const auto own = message.find(std::string(protocol)); own != message.end()) {
      return own->is_string() ? own->get<std::string>() : print_json(*own);
    }
  }
  return parsed->value("text", "");
}

std::string mail_of(const Topic& topic, const Mailbox& mailbox, const std::string& record) {
  const auto parsed = parse_json(record);
  const Json& message = *parsed;
  const auto id = message.value("messageId", "");
  const auto host = mailbox.from.substr(mailbox.from.rfind('@') + 1);
  std::string to;
  for (const auto& one : mailbox.to) to += (to.empty() ? "" : ",\r\n ") + one;
  std::string mail = "Date: " + mail_date(message.value("time", "")) + "\r\nFrom: " + mailbox.from + "\r\nTo: " + to +
                     "\r\nSubject: " + encoded_header(message.value("subject", "Notification of " + topic.name)) +
                     "\r\nMessage-ID: <" + id + "@" + host + ">" +
                     "\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0"
                     "\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n";
  const std::string text = text_for(record, "email");
  for (std::size_t at = 0; at < text.size(); at += kBytesPerLine) {
    mail += to_base64(std::string_view(text).substr(at, kBytesPerLine)) + "\r\n";
  }
  return mail;
}

std::unique_ptr<Post> make_file_post(const Subscriber& subscriber) {
  return std::make_unique<FilePost>(std::get<JsonLines>(subscriber.target).file);
}

}  // namespace stepd::tasks
