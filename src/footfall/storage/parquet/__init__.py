"""The warehouse as Parquet files in a folder, which any Parquet reader opens."""
