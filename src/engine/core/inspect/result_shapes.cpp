#include "engine/core/inspect/result_shapes.h"

#include <array>

namespace stepd::core {
namespace {

// Members as the service API references list them, their first letter in upper case as Step Functions has them.
constexpr std::array kRows{
    ShapeRow{"AttributeValue",
             "{S:s N:s B:s SS:[s] NS:[s] BS:[s] M:<@AttributeValue> L:[@AttributeValue] NULL:b BOOL:b}"},
    ShapeRow{"Capacity", "{ReadCapacityUnits:n WriteCapacityUnits:n CapacityUnits:n}"},
    ShapeRow{"ConsumedCapacity",
             "{TableName:s CapacityUnits:n ReadCapacityUnits:n WriteCapacityUnits:n Table:@Capacity "
             "LocalSecondaryIndexes:<@Capacity> GlobalSecondaryIndexes:<@Capacity>}"},
    ShapeRow{"DynamoWrite",
             "{Attributes:<@AttributeValue> ConsumedCapacity:@ConsumedCapacity "
             "ItemCollectionMetrics:{ItemCollectionKey:<@AttributeValue> SizeEstimateRangeGB:[n]}}"},
    ShapeRow{"DynamoPage",
             "{Items:[<@AttributeValue>] Count:n ScannedCount:n LastEvaluatedKey:<@AttributeValue> "
             "ConsumedCapacity:@ConsumedCapacity}"},
    ShapeRow{"Encryption", "(AES256|aws:fsx|aws:kms|aws:kms:dsse)"},
    ShapeRow{"StorageClass",
             "(STANDARD|REDUCED_REDUNDANCY|STANDARD_IA|ONEZONE_IA|INTELLIGENT_TIERING|GLACIER|DEEP_ARCHIVE|OUTPOSTS|"
             "GLACIER_IR|SNOW|EXPRESS_ONEZONE|FSX_OPENZFS|FSX_ONTAP)"},
    ShapeRow{"ExecutionStatus", "(RUNNING|SUCCEEDED|FAILED|TIMED_OUT|ABORTED|PENDING_REDRIVE)"},
    ShapeRow{"DataDetails", "{Included:b}"},
    ShapeRow{"KeyAlgorithm", "(SYMMETRIC_DEFAULT|RSAES_OAEP_SHA_1|RSAES_OAEP_SHA_256|SM2PKE)"},
    ShapeRow{"Parameter",
             "{Name:s Type:(String|StringList|SecureString) Value:s Version:n Selector:s SourceResult:s "
             "LastModifiedDate:s ARN:s DataType:s}"},
    ShapeRow{"FunctionConfiguration",
             "{FunctionName:s FunctionArn:s Runtime:s Role:s Handler:s CodeSize:n Description:s Timeout:n>=1 "
             "MemorySize:n>=128 LastModified:s CodeSha256:s Version:s "
             "VpcConfig:{SubnetIds:[s] SecurityGroupIds:[s] VpcId:s Ipv6AllowedForDualStack:b} "
             "DeadLetterConfig:{TargetArn:s} Environment:{Variables:<s> Error:{ErrorCode:s Message:s}} KMSKeyArn:s "
             "TracingConfig:{Mode:(Active|PassThrough)} MasterArn:s RevisionId:s "
             "Layers:[{Arn:s CodeSize:n SigningProfileVersionArn:s SigningJobArn:s}] StateReason:s "
             "LastUpdateStatus:(Successful|Failed|InProgress) LastUpdateStatusReason:s "
             "FileSystemConfigs:[{Arn!:s LocalMountPath!:s}] PackageType:(Zip|Image) SigningProfileVersionArn:s "
             "SigningJobArn:s Architectures:[(x86_64|arm64)] EphemeralStorage:{Size!:n>=512} "
             "LoggingConfig:{LogFormat:(JSON|Text) LogGroup:s}}"},

    ShapeRow{"lambda:invoke", "{StatusCode:n FunctionError:s LogResult:s Payload:* ExecutedVersion:s}"},
    ShapeRow{"lambda:getFunction",
             "{Configuration:@FunctionConfiguration Code:{RepositoryType:s Location:s ImageUri:s ResolvedImageUri:s "
             "SourceKMSKeyArn:s} Tags:<s> TagsError:{ErrorCode!:s Message!:s} "
             "Concurrency:{ReservedConcurrentExecutions:n>=0}}"},
    ShapeRow{"lambda:getFunctionConfiguration", "@FunctionConfiguration"},
    ShapeRow{"lambda:listFunctions", "{NextMarker:s Functions:[@FunctionConfiguration]}"},

    ShapeRow{"s3:getObject",
             "{Body:s DeleteMarker:b AcceptRanges:s Expiration:s Restore:s LastModified:s ContentLength:n ETag:s "
             "ChecksumCRC32:s ChecksumCRC32C:s ChecksumCRC64NVME:s ChecksumSHA1:s ChecksumSHA256:s "
             "ChecksumType:(COMPOSITE|FULL_OBJECT) MissingMeta:n VersionId:s CacheControl:s ContentDisposition:s "
             "ContentEncoding:s ContentLanguage:s ContentRange:s ContentType:s Expires:s WebsiteRedirectLocation:s "
             "ServerSideEncryption:@Encryption Metadata:<s> SSECustomerAlgorithm:s SSECustomerKeyMD5:s SSEKMSKeyId:s "
             "BucketKeyEnabled:b StorageClass:@StorageClass RequestCharged:(requester) "
             "ReplicationStatus:(COMPLETE|PENDING|FAILED|REPLICA|COMPLETED) PartsCount:n TagCount:n "
             "ObjectLockMode:(GOVERNANCE|COMPLIANCE) ObjectLockRetainUntilDate:s ObjectLockLegalHoldStatus:(ON|OFF)}"},
    ShapeRow{"s3:headObject",
             "{DeleteMarker:b AcceptRanges:s Expiration:s Restore:s ArchiveStatus:(ARCHIVE_ACCESS|DEEP_ARCHIVE_ACCESS) "
             "LastModified:s ContentLength:n ETag:s MissingMeta:n VersionId:s CacheControl:s ContentDisposition:s "
             "ContentEncoding:s ContentLanguage:s ContentRange:s ContentType:s Expires:s WebsiteRedirectLocation:s "
             "ServerSideEncryption:@Encryption Metadata:<s> SSEKMSKeyId:s BucketKeyEnabled:b "
             "StorageClass:@StorageClass RequestCharged:(requester) PartsCount:n TagCount:n "
             "ObjectLockMode:(GOVERNANCE|COMPLIANCE) ObjectLockRetainUntilDate:s ObjectLockLegalHoldStatus:(ON|OFF)}"},
    ShapeRow{"s3:putObject",
             "{Expiration:s ETag:s ChecksumCRC32:s ChecksumCRC32C:s ChecksumCRC64NVME:s ChecksumSHA1:s "
             "ChecksumSHA256:s ChecksumType:(COMPOSITE|FULL_OBJECT) ServerSideEncryption:@Encryption VersionId:s "
             "SSECustomerAlgorithm:s SSECustomerKeyMD5:s SSEKMSKeyId:s SSEKMSEncryptionContext:s BucketKeyEnabled:b "
             "Size:n RequestCharged:(requester)}"},
    ShapeRow{"s3:copyObject",
             "{CopyObjectResult:{ETag:s LastModified:s ChecksumType:(COMPOSITE|FULL_OBJECT) ChecksumCRC32:s "
             "ChecksumCRC32C:s ChecksumCRC64NVME:s ChecksumSHA1:s ChecksumSHA256:s} Expiration:s CopySourceVersionId:s "
             "VersionId:s ServerSideEncryption:@Encryption SSECustomerAlgorithm:s SSECustomerKeyMD5:s SSEKMSKeyId:s "
             "SSEKMSEncryptionContext:s BucketKeyEnabled:b RequestCharged:(requester)}"},
    ShapeRow{"s3:deleteObject", "{DeleteMarker:b VersionId:s RequestCharged:(requester)}"},
    ShapeRow{"s3:listObjectsV2",
             "{IsTruncated:b Contents:[{Key:s LastModified:s ETag:s ChecksumAlgorithm:[s] "
             "ChecksumType:(COMPOSITE|FULL_OBJECT) Size:n StorageClass:@StorageClass Owner:{DisplayName:s ID:s} "
             "RestoreStatus:{IsRestoreInProgress:b RestoreExpiryDate:s}}] Name:s Prefix:s Delimiter:s MaxKeys:n "
             "CommonPrefixes:[{Prefix:s}] EncodingType:(url) KeyCount:n ContinuationToken:s NextContinuationToken:s "
             "StartAfter:s RequestCharged:(requester)}"},

    ShapeRow{"dynamodb:getItem", "{Item:<@AttributeValue> ConsumedCapacity:@ConsumedCapacity}"},
    ShapeRow{"dynamodb:putItem", "@DynamoWrite"},
    ShapeRow{"dynamodb:updateItem", "@DynamoWrite"},
    ShapeRow{"dynamodb:deleteItem", "@DynamoWrite"},
    ShapeRow{"dynamodb:query", "@DynamoPage"},
    ShapeRow{"dynamodb:scan", "@DynamoPage"},

    ShapeRow{"sns:publish", "{MessageId:s SequenceNumber:s}"},
    ShapeRow{"sqs:sendMessage",
             "{MD5OfMessageBody:s MD5OfMessageAttributes:s MD5OfMessageSystemAttributes:s MessageId:s "
             "SequenceNumber:s}"},
    ShapeRow{"sqs:receiveMessage",
             "{Messages:[{MessageId:s ReceiptHandle:s MD5OfBody:s Body:s Attributes:<s> MD5OfMessageAttributes:s "
             "MessageAttributes:<{StringValue:s BinaryValue:s StringListValues:[s] BinaryListValues:[s] "
             "DataType!:s}>}]}"},
    ShapeRow{"events:putEvents", "{FailedEntryCount:n Entries:[{EventId:s ErrorCode:s ErrorMessage:s}]}"},

    ShapeRow{"states:startExecution", "{ExecutionArn!:s StartDate!:s}"},
    ShapeRow{"states:stopExecution", "{StopDate!:s}"},
    ShapeRow{"states:startSyncExecution",
             "{ExecutionArn!:s StateMachineArn:s Name:s StartDate!:s StopDate!:s Status!:(SUCCEEDED|FAILED|TIMED_OUT) "
             "Error:s Cause:s Input:s InputDetails:@DataDetails Output:s OutputDetails:@DataDetails TraceHeader:s "
             "BillingDetails:{BilledMemoryUsedInMB:n>=0 BilledDurationInMilliseconds:n>=0}}"},
    ShapeRow{"states:describeExecution",
             "{ExecutionArn!:s StateMachineArn!:s Name:s Status!:@ExecutionStatus StartDate!:s StopDate:s Input:* "
             "InputDetails:@DataDetails Output:* OutputDetails:@DataDetails TraceHeader:s MapRunArn:s Error:s Cause:s "
             "StateMachineVersionArn:s StateMachineAliasArn:s RedriveCount:n RedriveDate:s "
             "RedriveStatus:(REDRIVABLE|NOT_REDRIVABLE|REDRIVABLE_BY_MAP_RUN) RedriveStatusReason:s}"},

    ShapeRow{"kms:encrypt", "{CiphertextBlob:s KeyId:s EncryptionAlgorithm:@KeyAlgorithm}"},
    ShapeRow{"kms:decrypt",
             "{KeyId:s Plaintext:s EncryptionAlgorithm:@KeyAlgorithm CiphertextForRecipient:s KeyMaterialId:s}"},
    ShapeRow{"kms:generateDataKey", "{CiphertextBlob:s Plaintext:s KeyId:s CiphertextForRecipient:s KeyMaterialId:s}"},
    ShapeRow{"secretsmanager:getSecretValue",
             "{ARN:s Name:s VersionId:s SecretBinary:s SecretString:s VersionStages:[s] CreatedDate:s}"},
    ShapeRow{"ssm:getParameter", "{Parameter:@Parameter}"},
    ShapeRow{"ssm:getParameters", "{Parameters:[@Parameter] InvalidParameters:[s]}"},
    ShapeRow{"sts:getCallerIdentity", "{UserId:s Account:s Arn:s}"},
    ShapeRow{"batch:submitJob", "{JobArn:s JobName!:s JobId!:s}"},
    ShapeRow{"glue:startJobRun", "{JobRunId:s}"},
    ShapeRow{"athena:startQueryExecution", "{QueryExecutionId:s}"},
};

}  // namespace

std::span<const ShapeRow> result_shapes() { return kRows; }

}  // namespace stepd::core
