package adminapi

import (
	"net/http"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/web"
)

// flagEnvironmentPath is the path of a flag in one environment.
const flagEnvironmentPath = flagPath + "/environments/{environment}"

// VariantBody is a variant as clients send it.
type VariantBody struct {
	Name       string         `json:"name" required:"true" minLength:"1"`
	Weight     int            `json:"weight,omitempty" minimum:"0" maximum:"1000" doc:"In thousandths; counts for the weightType fix only"`
	WeightType string         `json:"weightType,omitempty" enum:"fix,variable" doc:"variable ones share what the fixed ones leave"`
	Stickiness string         `json:"stickiness,omitempty"`
	Payload    *PayloadBody   `json:"payload,omitempty"`
	Overrides  []OverrideBody `json:"overrides,omitempty" doc:"Gives it to contexts whose field has one of the values"`
}

// PayloadBody is a payload as clients send it.
type PayloadBody struct {
	Type  string   `json:"type" required:"true" enum:"json,csv,string,number"`
	Value web.Text `json:"value" required:"true"`
}

// OverrideBody is an override as clients send it.
type OverrideBody struct {
	ContextName string     `json:"contextName" required:"true"`
	Values      []web.Text `json:"values" required:"true"`
}

func (b VariantBody) variant() feature.Variant {
	v := feature.Variant{Name: b.Name, Weight: b.Weight, WeightType: feature.WeightType(b.WeightType), Stickiness: b.Stickiness}
	if b.Payload != nil {
		v.Payload = &feature.Payload{Type: b.Payload.Type, Value: string(b.Payload.Value)}
	}
	for _, o := range b.Overrides {
		override := feature.Override{ContextName: o.ContextName, Values: make([]string, len(o.Values))}
		for i, value := range o.Values {
			override.Values[i] = string(value)
		}
		v.Overrides = append(v.Overrides, override)
	}
	return v
}

// StrategyVariantBody is a variant of a strategy as clients send it.
type StrategyVariantBody struct {
	Name       string       `json:"name" required:"true" minLength:"1"`
	Weight     int          `json:"weight,omitempty" minimum:"0" maximum:"1000" doc:"In thousandths; counts for the weightType fix only"`
	WeightType string       `json:"weightType,omitempty" enum:"fix,variable" doc:"variable ones share what the fixed ones leave"`
	Stickiness string       `json:"stickiness,omitempty"`
	Payload    *PayloadBody `json:"payload,omitempty"`
}

func (b StrategyVariantBody) variant() feature.Variant {
	return VariantBody{Name: b.Name, Weight: b.Weight, WeightType: b.WeightType, Stickiness: b.Stickiness, Payload: b.Payload}.variant()
}

// variantsOf returns what bodies of variants say.
func variantsOf[B interface{ variant() feature.Variant }](bodies []B) []feature.Variant {
	variants := make([]feature.Variant, len(bodies))
	for i, b := range bodies {
		variants[i] = b.variant()
	}
	return variants
}

// PushVariantsBody replaces the variants of a flag in several environments.
type PushVariantsBody struct {
	Variants     []VariantBody             `json:"variants" required:"true"`
	Environments []feature.EnvironmentName `json:"environments" required:"true" maxItems:"100"`
}

// VariantList is a list of variants.
type VariantList struct {
	Version  int               `json:"version"`
	Variants []feature.Variant `json:"variants"`
}

func (h *Handler) flagStateRoutes() []Route {
	const path = flagEnvironmentPath
	change := in(access.UpdateFeatureEnvVariant)
	return []Route{
		read(path, "getFeatureEnvironment", "Read a flag in one environment", signedIn(), h.getFlagEnvironment).versioned(),
		act(http.MethodPost, path+"/on", "toggleFeatureEnvironmentOn", "Switch a flag on in an environment",
			in(access.UpdateFeatureEnv), http.StatusOK, switchFlag(h, true)).with(activateParam()),
		act(http.MethodPost, path+"/off", "toggleFeatureEnvironmentOff", "Switch a flag off in an environment",
			in(access.UpdateFeatureEnv), http.StatusOK, switchFlag(h, false)),
		read(path+"/variants", "getEnvironmentFeatureVariants", "List the variants of a flag in an environment", signedIn(), h.getVariants),
		write(http.MethodPut, path+"/variants", "overwriteEnvironmentFeatureVariants", "Replace the variants of a flag in an environment",
			change, http.StatusOK, h.setVariants),
		write(http.MethodPatch, path+"/variants", "patchEnvironmentsFeatureVariants", "Change the variants of a flag by JSON Patch",
			change, http.StatusOK, patchVariants(h)),
		write(http.MethodPut, flagPath+"/variants-batch", "overwriteFeatureVariantsOnEnvironments",
			"Replace the variants of a flag in several environments", inSome(access.UpdateFeatureEnvVariant), http.StatusOK, h.pushVariants),
		read(flagPath+"/variants", "getFeatureVariants", "List the variants of a flag", signedIn(), h.getVariants),
	}
}

const activateName = "shouldActivateDisabledStrategies"

func activateParam() Param {
	return yesNo(activateName, "Enable the flag's disabled strategies, when it has no enabled one, instead of adding the default strategy")
}

// switchTo is what a request to switch flags asks for.
func (c *Call) switchTo(on bool) control.Switch {
	return control.Switch{On: on, ActivateDisabled: on && c.Query(activateName) == "true"}
}

// environment is the environment that the path names; empty when it names
// none.
func (c *Call) environment() feature.EnvironmentName {
	return feature.EnvironmentName(c.Param("environment"))
}

// place is the flag and the environment that the path names.
func (c *Call) place() control.FlagPlace {
	return control.FlagPlace{FlagRef: c.flag(), Environment: c.environment()}
}

func (h *Handler) getFlagEnvironment(c *Call) (control.FlagEnvironment, error) {
	return h.Control.FlagIn(c.r.Context(), c.place())
}

func switchFlag(h *Handler, on bool) func(*Call) (control.FlagDetail, error) {
	return func(c *Call) (control.FlagDetail, error) {
		return h.Control.SwitchFlag(c.r.Context(), c.Actor, c.place(), c.switchTo(on))
	}
}

func variantList(variants []feature.Variant, err error) (VariantList, error) {
	return VariantList{Version: 1, Variants: variants}, err
}

func (h *Handler) getVariants(c *Call) (VariantList, error) {
	return variantList(h.Control.FlagVariants(c.r.Context(), c.place()))
}

func (h *Handler) setVariants(c *Call, b []VariantBody) (VariantList, error) {
	return variantList(h.Control.SetFlagVariants(c.r.Context(), c.Actor, c.place(), func([]feature.Variant) ([]feature.Variant, error) {
		return variantsOf(b), nil
	}))
}

func patchVariants(h *Handler) func(*Call, web.Patch) (VariantList, error) {
	document := &web.Body[[]VariantBody]{}
	return func(c *Call, patch web.Patch) (VariantList, error) {
		return variantList(h.Control.SetFlagVariants(c.r.Context(), c.Actor, c.place(), func(old []feature.Variant) ([]feature.Variant, error) {
			bodies, err := web.ApplyPatch(document, patch, old)
			return variantsOf(bodies), err
		}))
	}
}

func (h *Handler) pushVariants(c *Call, b PushVariantsBody) (VariantList, error) {
	return variantList(h.Control.PushFlagVariants(c.r.Context(), c.Actor, c.flag(), b.Environments, variantsOf(b.Variants)))
}
