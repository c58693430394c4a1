# Deploys a release of Campanile as one stack of CloudFormation. Its own template stays the one description of what there
# is; Terraform keeps the stack, its parameters and its policy.

resource "aws_s3_object" "template" {
  bucket      = var.bucket
  key         = "${var.stack_name}/${filemd5(var.template)}.template.yaml"
  source      = var.template
  source_hash = filemd5(var.template)
}

resource "aws_cloudformation_stack" "campanile" {
  name         = var.stack_name
  template_url = "https://${var.bucket}.s3.${var.region}.amazonaws.com/${aws_s3_object.template.key}"
  parameters   = var.parameters
  tags         = var.tags

  # Roles, and the transform that makes resources of the template's functions.
  capabilities = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]

  # Table and secrets are neither replaced nor deleted, whatever a template says.
  policy_body = file("${var.release}/infra/stack-policy.json")

  # A new version takes over gradually, function after function.
  timeouts {
    create = "30m"
    update = "60m"
    delete = "30m"
  }
}
