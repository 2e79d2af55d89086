# SPDX-License-Identifier: Apache-2.0
"""The same with the vendor's SDK, which signs every call."""

import os

from contender import PROJECT, TARGET, WORKSPACE, batches, end
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdksecmaster.v1 import (
    BatchCreateDatapanelObjectsRequest,
    DataObjectBatchCreateForm,
    SecMasterClient,
)

client = (
    SecMasterClient.new_builder()
    .with_http_config(HttpConfig(timeout=30))
    .with_endpoint(os.environ["DATAPANEL_ENDPOINT"])
    .with_credentials(BasicCredentials("AKEXAMPLE", "SKEXAMPLE", PROJECT))
    .build()
)
done = 0
for batch in batches():
    form = DataObjectBatchCreateForm(format_version=1, data_object_list=batch)
    request = BatchCreateDatapanelObjectsRequest(
        workspace_id=WORKSPACE, dataclass=TARGET, body=form
    )
    answer = client.batch_create_datapanel_objects(request)
    done += sum(pair.id is not None for pair in answer.body)
end(done)
