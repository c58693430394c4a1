output "api_url" {
  description = "Console and API. Give it as the parameter ConsoleUrl, and notifications carry links."
  value       = aws_cloudformation_stack.campanile.outputs["ApiUrl"]
}

output "webhooks" {
  description = "Where each source sends to. Tencent's and KAZOO's end in a token of their secret."
  value = {
    netdata  = aws_cloudformation_stack.campanile.outputs["NetdataUrl"]
    kazoo    = aws_cloudformation_stack.campanile.outputs["KazooUrl"]
    tencent  = aws_cloudformation_stack.campanile.outputs["TencentUrl"]
    site24x7 = aws_cloudformation_stack.campanile.outputs["Site24x7Url"]
  }
}

output "alarm_topic" {
  description = "The topic of the alarms, for whoever subscribes otherwise than by AlarmEmail."
  value       = aws_cloudformation_stack.campanile.outputs["AlarmTopicArn"]
}
