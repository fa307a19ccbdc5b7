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
             "{TableName:s>=1<=1024 CapacityUnits:n ReadCapacityUnits:n WriteCapacityUnits:n Table:@Capacity "
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
             "{Name:s>=1<=2048 Type:(String|StringList|SecureString) Value:s Version:n Selector:s<=128 SourceResult:s "
             "LastModifiedDate:s ARN:s DataType:s<=128}"},
    ShapeRow{
        "FunctionConfiguration",
        "{FunctionName:s>=1<=170 FunctionArn:s Runtime:s Role:s Handler:s<=128 CodeSize:n Description:s<=256 "
        "Timeout:n>=1 MemorySize:n>=128<=10240 LastModified:s CodeSha256:s Version:s>=1<=1024 "
        "VpcConfig:{SubnetIds:[s] SecurityGroupIds:[s] VpcId:s Ipv6AllowedForDualStack:b} "
        "DeadLetterConfig:{TargetArn:s} Environment:{Variables:<s> Error:{ErrorCode:s Message:s}} KMSKeyArn:s "
        "TracingConfig:{Mode:(Active|PassThrough)} MasterArn:s RevisionId:s "
        "Layers:[{Arn:s CodeSize:n SigningProfileVersionArn:s SigningJobArn:s}] StateReason:s "
        "LastUpdateStatus:(Successful|Failed|InProgress) LastUpdateStatusReason:s "
        "FileSystemConfigs:[{Arn!:s<=200 LocalMountPath!:s<=160}] PackageType:(Zip|Image) SigningProfileVersionArn:s "
        "SigningJobArn:s Architectures:[(x86_64|arm64)] EphemeralStorage:{Size!:n>=512<=10240} "
        "LoggingConfig:{LogFormat:(JSON|Text) LogGroup:s>=1<=512}}"},

    ShapeRow{"lambda:invoke", "{StatusCode:n FunctionError:s LogResult:s Payload:* ExecutedVersion:s>=1<=1024}"},
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
             "{IsTruncated:b Contents:[{Key:s>=1 LastModified:s ETag:s ChecksumAlgorithm:[s] "
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

    ShapeRow{"states:startExecution", "{ExecutionArn!:s>=1<=256 StartDate!:s}"},
    ShapeRow{"states:stopExecution", "{StopDate!:s}"},
    ShapeRow{"states:startSyncExecution",
             "{ExecutionArn!:s>=1<=256 StateMachineArn:s>=1<=256 Name:s>=1<=80 StartDate!:s StopDate!:s "
             "Status!:(SUCCEEDED|FAILED|TIMED_OUT) Error:s<=256 Cause:s<=32768 Input:s<=262144 "
             "InputDetails:@DataDetails Output:s<=262144 OutputDetails:@DataDetails TraceHeader:s<=256 "
             "BillingDetails:{BilledMemoryUsedInMB:n>=0 BilledDurationInMilliseconds:n>=0}}"},
    ShapeRow{"states:describeExecution",
             "{ExecutionArn!:s>=1<=256 StateMachineArn!:s>=1<=256 Name:s>=1<=80 Status!:@ExecutionStatus StartDate!:s "
             "StopDate:s Input:* "
             "InputDetails:@DataDetails Output:* OutputDetails:@DataDetails TraceHeader:s<=256 MapRunArn:s>=1<=2000 "
             "Error:s<=256 Cause:s<=32768 StateMachineVersionArn:s>=1<=256 StateMachineAliasArn:s>=1<=256 "
             "RedriveCount:n RedriveDate:s "
             "RedriveStatus:(REDRIVABLE|NOT_REDRIVABLE|REDRIVABLE_BY_MAP_RUN) RedriveStatusReason:s}"},

    ShapeRow{"kms:encrypt", "{CiphertextBlob:s>=1<=6144 KeyId:s>=1<=2048 EncryptionAlgorithm:@KeyAlgorithm}"},
    ShapeRow{"kms:decrypt",
             "{KeyId:s>=1<=2048 Plaintext:s>=1<=4096 EncryptionAlgorithm:@KeyAlgorithm "
             "CiphertextForRecipient:s>=1<=6144 KeyMaterialId:s>=64<=64}"},
    ShapeRow{"kms:generateDataKey",
             "{CiphertextBlob:s>=1<=6144 Plaintext:s>=1<=4096 KeyId:s>=1<=2048 CiphertextForRecipient:s>=1<=6144 "
             "KeyMaterialId:s>=64<=64}"},
    ShapeRow{"secretsmanager:getSecretValue",
             "{ARN:s>=20<=2048 Name:s>=1<=256 VersionId:s>=32<=64 SecretBinary:s>=1<=65536 SecretString:s>=1<=65536 "
             "VersionStages:[s>=1<=256] CreatedDate:s}"},
    ShapeRow{"ssm:getParameter", "{Parameter:@Parameter}"},
    ShapeRow{"ssm:getParameters", "{Parameters:[@Parameter] InvalidParameters:[s]}"},
    ShapeRow{"sts:getCallerIdentity", "{UserId:s Account:s Arn:s>=20<=2048}"},
    ShapeRow{"batch:submitJob", "{JobArn:s JobName!:s JobId!:s}"},
    ShapeRow{"glue:startJobRun", "{JobRunId:s>=1<=255}"},
    ShapeRow{"athena:startQueryExecution", "{QueryExecutionId:s>=1<=128}"},
};

}  // namespace

std::span<const ShapeRow> result_shapes() { return kRows; }

}  // namespace stepd::core
