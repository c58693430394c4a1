variable "region" {
  description = "Where Campanile runs, and where the bucket is."
  type        = string
}

variable "release" {
  description = "The folder into which a release's campanile-arm64.zip was unpacked."
  type        = string
}

variable "template" {
  description = "The packaged template: what `sam package` has made of the release's template."
  type        = string
}

variable "bucket" {
  description = "The bucket that `sam package` put the functions into; the template goes there, too, because it is larger than CloudFormation takes directly."
  type        = string
}

variable "stack_name" {
  description = "The stack's name; that of the table and the secrets is a parameter."
  type        = string
  default     = "campanile"
}

variable "parameters" {
  description = "Parameters of the template, each as text. docs/settings.md has all of them."
  type        = map(string)
  default     = {}
}

variable "tags" {
  description = "Tags of everything that the stack makes."
  type        = map(string)
  default     = { application = "campanile" }
}
