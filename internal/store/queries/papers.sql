-- What the public check page looks for. Each is one key, found or not.

-- name: VersionByReceipt :one
SELECT application, digest FROM application_versions WHERE receipt = @receipt;

-- name: InvoiceDigest :one
SELECT digest FROM invoices WHERE number = @number;
