// A server with S3's protocol over buckets in a temporary folder: `photos` of the configuration, others as they are
// made.
#pragma once

#include "api/api_fixture.h"
#include "api/s3/xml_reader.h"
#include "storage/local/local_objects.h"

#include <filesystem>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

namespace stepd::api::test {

class S3Api : public Api {
 protected:
  S3Api();
  ~S3Api() override;
  ObjectStore& store() override { return *objects_; }

  /// As a client that signs for S3 would ask.
  Answer s3(const std::string& method, const std::string& target, const std::string& body = "",
            std::vector<std::string> fields = {});
  Answer put(const std::string& key, const std::string& body, std::vector<std::string> fields = {});
  Answer get(const std::string& key, std::vector<std::string> fields = {});
  /// A whole upload of parts, which may be small except where S3 wants 5 MiB; answers the id.
  std::string begin_upload(const std::string& key, std::vector<std::string> fields = {});
  Answer put_part(const std::string& key, const std::string& id, int number, const std::string& body,
                  std::vector<std::string> fields = {});
  Answer complete(const std::string& key, const std::string& id, const std::string& parts,
                  std::vector<std::string> fields = {});

  std::filesystem::path folder_;
  std::unique_ptr<ObjectStore> objects_;
};

s3::XmlElement document_of(const Answer& answer);
/// The Code of an error document; empty for another.
std::string code_of(const Answer& answer);
/// Texts of all elements of that name below the root, however deep, with blanks between.
std::string texts_in(const Answer& answer, const std::string& name);
std::string part_element(int number, const std::string& etag, const std::string& more = "");

}  // namespace stepd::api::test
